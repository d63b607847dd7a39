/** What the settings of the form would match, before they are saved. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import type { SettingsPreview } from '../../../api/introspection/contract.ts';
import { Notice } from '../../components/Notice.tsx';
import { hubStrings } from '../strings.ts';

interface SettingsPreviewPartProps {
  readonly preview: SettingsPreview;
  /** Adds an entry for each guess to the form. */
  readonly onTakeGuesses: () => void;
}

export function SettingsPreviewPart({ preview, onTakeGuesses }: SettingsPreviewPartProps): JSX.Element {
  const words = hubStrings.settings;
  const { Services, Environments, Unmatched } = preview;
  const ambiguous = [...new Set(Services.flatMap(({ Ambiguous }) => Ambiguous))];
  const ambiguousNames = [...new Set(Environments.flatMap(({ Ambiguous }) => Ambiguous))];
  const hasGuesses = [...Services, ...Environments].some(({ Guessed }) => Guessed);
  return (
    <section className="settings-part settings-preview" aria-labelledby="settings-preview">
      <h2 id="settings-preview">{words.previewTitle}</h2>
      {Unmatched.length > 0 && <Notice tone="warning" text={words.unmatched(Unmatched)} />}
      {ambiguous.length > 0 && <Notice tone="warning" text={hubStrings.notices.ambiguous(ambiguous)} />}
      {ambiguousNames.length > 0 && (
        <Notice tone="warning" text={words.ambiguousEnvironments(ambiguousNames)} />
      )}
      <MatchTable
        title={words.services}
        rows={Services.map(({ Name, Guessed, Pipelines, Repositories }) => ({
          name: Name,
          guessed: Guessed,
          matches: [...Pipelines, ...Repositories],
        }))}
      />
      <MatchTable
        title={words.environments}
        rows={Environments.map(({ Name, Guessed, Matches }) => ({
          name: Name,
          guessed: Guessed,
          matches: Matches,
        }))}
      />
      {hasGuesses && <Button text={words.takeGuesses} onClick={onTakeGuesses} />}
    </section>
  );
}

interface MatchTableProps {
  readonly title: string;
  readonly rows: readonly {
    readonly name: string;
    readonly guessed: boolean;
    readonly matches: readonly string[];
  }[];
}

function MatchTable({ title, rows }: MatchTableProps): JSX.Element | null {
  const words = hubStrings.settings;
  if (rows.length === 0) return null;
  return (
    <table className="plain-table match-table">
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">{words.matches}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, guessed, matches }) => (
          <tr key={name}>
            <th scope="row">
              {name} {guessed && <span className="guess-mark secondary-text">{words.guessed}</span>}
            </th>
            <td>{[...new Set(matches)].join(', ') || words.matchesNothing}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
