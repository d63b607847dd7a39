/** The choices of the filters: how many deployments each one has, and what their orchestrators call the state. */
import type { IListBoxItem } from 'azure-devops-ui/ListBox';
import * as React from 'react';
import { deploymentStates } from '../../api/states.ts';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';

/** A choice of azure-devops-ui's dropdown: `text` is what the closed filter shows, `textNode` what the list shows. */
export interface FilterItem extends IListBoxItem {
  readonly text: string;
  readonly textNode: React.ReactNode;
}

/** All states, also those without deployments: the dropdown knows what is chosen by its place in the list. */
export function stateItems(rows: readonly DeploymentRow[]): FilterItem[] {
  return deploymentStates.map((state) => {
    const members = rows.filter((row) => row.state === state);
    const name = strings.stateName(state);
    const words = [...new Set(members.map((row) => row.changeState.trim()).filter(Boolean))].filter(
      (word) => !sameWord(word, name),
    );
    return item(state, name, strings.filter.amount(members.length, withoutRepeats(words)));
  });
}

/** The sources of the rows, in the order of their ids. */
export function sourceItems(rows: readonly DeploymentRow[]): FilterItem[] {
  const sources = [...new Set(rows.map((row) => row.source))].sort();
  return sources.map((source) => {
    const amount = rows.filter((row) => row.source === source).length;
    return item(source, strings.sourceName(source), strings.filter.amount(amount, []));
  });
}

function item(id: string, text: string, amount: string): FilterItem {
  const textNode = (
    <>
      {text} <span className="secondary-text">{amount}</span>
    </>
  );
  return { id, text, textNode, tooltipProps: { text: `${text} ${amount}`, overflowOnly: true } };
}

/** One of each word, since orchestrators write them in any case. */
function withoutRepeats(words: readonly string[]): string[] {
  return words.filter((word, index) => words.findIndex((other) => sameWord(word, other)) === index);
}

function sameWord(one: string, other: string): boolean {
  const letters = (text: string) => text.toLowerCase().replace(/[\s_-]/g, '');
  return letters(one) === letters(other);
}
