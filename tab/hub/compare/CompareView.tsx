/** Two environments side by side: what differs between them, and what that brought. */
import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import * as React from 'react';
import type { Environments } from '../../../api/introspection/contract.ts';
import { MessagePage } from '../../components/MessagePage.tsx';
import { RefreshButton } from '../../components/RefreshButton.tsx';
import type { FoundKnowledge } from '../../live/live-answer.ts';
import { useLiveAnswer } from '../../live/use-live-answer.ts';
import { Choice } from '../Choice.tsx';
import { announceMatrix } from '../environments/announce-matrix.ts';
import { LeftOutNotice } from '../environments/MatrixNotices.tsx';
import { serviceRows } from '../environments/matrix.ts';
import { matrixQuery } from '../environments/matrix-query.ts';
import type { ViewProps } from '../HubPage.tsx';
import { KnowledgeFrame } from '../KnowledgeFrame.tsx';
import { NothingYetPage } from '../NothingYetPage.tsx';
import { hubStrings } from '../strings.ts';
import { CompareTable } from './CompareTable.tsx';
import { type ComparedService, compared, comparedPair } from './comparison.ts';
import { DifferencePanel } from './DifferencePanel.tsx';

export function CompareView(props: ViewProps): JSX.Element {
  const { client, project, options, anonymous } = props;
  const query = React.useMemo(() => matrixQuery(client, project, options.at), [client, project, options.at]);
  const live = useLiveAnswer(query, announceMatrix);
  return (
    <KnowledgeFrame live={live} anonymous={anonymous}>
      {(found) => (
        <Comparison
          {...props}
          found={found}
          refresh={<RefreshButton refreshing={live.refreshing} onRefresh={live.refresh} />}
        />
      )}
    </KnowledgeFrame>
  );
}

type ComparisonProps = ViewProps & { found: FoundKnowledge<Environments>; refresh: JSX.Element };

function Comparison(props: ComparisonProps): JSX.Element {
  const { found, options, onOptions } = props;
  const { body } = found;
  const words = hubStrings.compare;
  const [opened, setOpened] = React.useState<ComparedService>();
  const names = React.useMemo(() => body.Environments.map(({ Name }) => Name), [body]);
  const { left, right } = comparedPair(names, options.left, options.right);
  const rows = React.useMemo(() => compared(serviceRows(body), left, right), [body, left, right]);
  const different = rows.filter(({ verdict }) => verdict !== 'same');
  const shown = options.onlyDifferences ? different : rows;
  if (names.length === 0) return <NothingYetPage serviceUrl={props.serviceUrl} />;
  if (names.length === 1)
    return <MessagePage tone="waiting" level={2} title={words.tooFewTitle} text={words.tooFewText} />;
  const items = names.map((name) => ({ id: name, text: name }));
  return (
    <>
      <div className="hub-bar">
        <Choice
          label={words.left}
          value={left}
          items={items}
          onChange={(name) => onOptions({ left: name, right: name === right ? left : right })}
        />
        <Choice
          label={words.right}
          value={right}
          items={items}
          onChange={(name) => onOptions({ right: name, left: name === left ? right : left })}
        />
        <Button subtle text={words.swap} onClick={() => onOptions({ left: right, right: left })} />
        <Checkbox
          label={words.only}
          checked={options.onlyDifferences}
          onChange={(_, onlyDifferences) => onOptions({ onlyDifferences })}
        />
        <span className="bar-end">
          <span className="secondary-text" role="status">
            {words.summary(different.length, rows.length)}
          </span>
          {props.refresh}
        </span>
      </div>
      <LeftOutNotice leftOut={body.LeftOut} />
      {shown.length === 0 ? (
        <MessagePage tone="search" level={2} title={words.sameTitle} text={words.sameText(left, right)} />
      ) : (
        <CompareTable rows={shown} left={left} right={right} names={names} onOpen={setOpened} />
      )}
      {opened?.left && opened.right && (
        <DifferencePanel
          {...props}
          service={opened.service}
          left={opened.left}
          right={opened.right}
          isLeftLater={names.indexOf(left) > names.indexOf(right)}
          onDismiss={() => setOpened(undefined)}
        />
      )}
    </>
  );
}
