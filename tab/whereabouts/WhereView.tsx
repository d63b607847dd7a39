/** The answer: environments that hold the change and those that will, and what is on its way or failed. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import type { Step, Whereabouts } from '../../api/introspection/contract.ts';
import { MessagePage } from '../components/MessagePage.tsx';
import { Notice } from '../components/Notice.tsx';
import { PlacementState } from '../components/PlacementMark.tsx';
import { StateIcon } from '../components/StateMark.tsx';
import { Moment } from '../components/Times.tsx';
import { kindName } from '../hub/chain/kind-name.ts';
import { LazyChart } from '../hub/LazyChart.tsx';
import { MaybeLink, NewsList } from '../hub/NewsList.tsx';
import { placementStrings } from '../placement-strings.ts';
import { PlaceLine } from './PlaceLine.tsx';
import { whereStrings } from './strings.ts';
import {
  byService,
  failedSteps,
  openSteps,
  presenceOf,
  type ServicePlaces,
  summaryOf,
  weakestLink,
} from './where.ts';
import type { SubjectKind } from './where-query.ts';

// Few open it, so that the page does not load it before.
const ChainWay = React.lazy(() =>
  import(/* webpackChunkName: "way" */ '../hub/chain/ChainWay.tsx').then((loaded) => ({
    default: loaded.ChainWay,
  })),
);

interface WhereViewProps {
  readonly kind: SubjectKind;
  readonly whereabouts: Whereabouts;
}

export function WhereView({ kind, whereabouts }: WhereViewProps): JSX.Element {
  const { Environments: places, Steps, AndMore } = whereabouts;
  const isPartial = places.some((place) => presenceOf(place) === 'partly');
  const weakest = weakestLink(places);
  return (
    <div className="where-view">
      {isPartial && <Notice tone="info" text={whereStrings.partlyNotice[kind]} />}
      {weakest && <Notice tone="info" text={whereStrings.weakest(weakest.name, weakest.environments)} />}
      {places.length > 0 ? <Places whereabouts={whereabouts} /> : <NoPlaces steps={Steps} />}
      <StepList title={whereStrings.onTheWay} steps={openSteps(Steps)} />
      <StepList title={whereStrings.failed} steps={failedSteps(whereabouts)} />
      <Contents kind={kind} whereabouts={whereabouts} />
      {Steps.length > 0 && <WholeWay steps={Steps} andMore={AndMore} />}
    </div>
  );
}

function Places({ whereabouts }: { whereabouts: Whereabouts }): JSX.Element {
  const { state, headline } = summaryOf(whereabouts);
  const services = byService(whereabouts.Environments);
  return (
    <>
      <p className="where-summary">
        <StateIcon state={state} large />
        <span>{headline}</span>
      </p>
      {services.map((service) => (
        <ServicePart key={service.service} {...service} />
      ))}
    </>
  );
}

function ServicePart({ service, places }: ServicePlaces): JSX.Element {
  return (
    <section className="where-part">
      <h2 className="where-subtitle break-anywhere">{service || whereStrings.environments}</h2>
      <ol
        className="plain-list where-places"
        aria-label={service ? whereStrings.environmentsOf(service) : whereStrings.environments}
      >
        {places.map((place) => (
          <PlaceLine key={place.Environment} place={place} />
        ))}
      </ol>
    </section>
  );
}

function NoPlaces({ steps }: { steps: readonly Step[] }): JSX.Element {
  const { notBuilt, building, notDeployed } = whereStrings.pages;
  const builds = steps.filter(({ Kind }) => Kind === 'build');
  if (builds.length === 0) return <MessagePage tone="waiting" level={2} {...notBuilt} />;
  const isBuilding = openSteps(builds).length > 0;
  return <MessagePage tone="waiting" level={2} {...(isBuilding ? building : notDeployed)} />;
}

function StepList({ title, steps }: { title: string; steps: readonly Step[] }): JSX.Element | null {
  if (steps.length === 0) return null;
  return (
    <section className="where-part">
      <h2 className="where-subtitle">{title}</h2>
      <ul className="plain-list where-steps" aria-label={title}>
        {steps.map((step) => (
          <li key={step.Key} className="where-step">
            <PlacementState placement={step} />
            <MaybeLink href={step.Url} text={whereStrings.step(kindName(step.Kind), step.Title)} />
            <span className="secondary-text">
              {step.StartTime && <Moment instant={Date.parse(step.StartTime)} />}
              {step.By && ` ${placementStrings.by(step.By)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Without the subject itself, which the page around shows. */
function Contents({ kind, whereabouts }: WhereViewProps): JSX.Element | null {
  const { Subject, Commits } = whereabouts;
  const PullRequests = whereabouts.PullRequests.filter(
    ({ Id }) => kind !== 'pullRequest' || placementStrings.pullRequest(Id, '') !== Subject,
  );
  const WorkItems = whereabouts.WorkItems.filter(
    ({ Id }) => kind !== 'workItem' || placementStrings.workItem(Id) !== Subject,
  );
  if (Commits.length + PullRequests.length + WorkItems.length === 0) return null;
  return (
    <section className="where-part">
      <h2 className="where-subtitle">{whereStrings.about}</h2>
      <NewsList news={{ Commits, PullRequests, WorkItems, AndMore: false }} />
    </section>
  );
}

function WholeWay({ steps, andMore }: { steps: readonly Step[]; andMore: boolean }): JSX.Element {
  const [open, setOpen] = React.useState(false);
  const words = whereStrings.way;
  return (
    <section className="where-part">
      <Button
        className="where-way-button"
        text={open ? words.hide : words.show}
        iconProps={{ iconName: open ? 'ChevronDownMed' : 'ChevronRightMed' }}
        ariaExpanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <LazyChart loading={words.loading} failed={words.failed}>
          <ChainWay steps={steps} andMore={andMore} />
        </LazyChart>
      )}
    </section>
  );
}
