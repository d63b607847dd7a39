/** The form of a work item, with the extension in one of its groups. */
import type { OfferedWorkItem, PageConfig } from '../server.ts';
import { choice, element } from './elements.ts';
import { buildIdIn, setQueryParameters } from './page-address.ts';
import { openProjectPage, showFrame } from './project-page.ts';

/** As the manifest says. */
const groupHeight = 320;
const newWorkItem: OfferedWorkItem = { id: 0, title: 'New work item' };

/** Draws the work item that the address names, or the first one of the project. */
export function showWorkItemPage(config: PageConfig): void {
  const page = openProjectPage(config, 'Boards', 'Work items');
  document.body.classList.add('item-page');
  const { workItems: offered = [] } = page.project;
  let shown = workItemOf(offered, page.parameters);
  const workItems = [...new Set([...offered, shown, newWorkItem])];
  element('item-label').textContent = 'Work item';
  const workItemChoice = choice(
    'item-choice',
    workItems.map((one) => [String(one.id), nameOf(one)]),
  );
  workItemChoice.selectedIndex = workItems.indexOf(shown);

  const title = document.createElement('p');
  title.className = 'item-title';
  const description = document.createElement('p');
  description.className = 'placeholder';
  description.textContent = 'The fields of the work item.';
  const group = document.createElement('div');
  group.className = 'item-group';
  const groupTitle = document.createElement('h2');
  groupTitle.textContent = 'Where is it';
  const save = document.createElement('button');
  save.type = 'button';
  save.textContent = 'Save';
  group.append(groupTitle);
  const form = document.createElement('div');
  form.className = 'item-form';
  form.append(description, group);
  element('content').replaceChildren(title, form);
  const { frame, hosting } = showFrame(page, {
    page: 'work-item',
    contribution: 'work-item-deployments',
    title: 'Where is it',
    into: group,
    workItem: shown.id,
  });
  frame.height = String(groupHeight);
  group.append(save);

  const draw = () => {
    title.textContent = nameOf(shown);
    save.hidden = shown.id !== 0;
  };
  // The form keeps its frame when it shows another item.
  const show = (next: OfferedWorkItem) => {
    shown = next;
    setQueryParameters({ id: String(next.id) });
    draw();
  };
  workItemChoice.onchange = () => {
    const chosen = workItems[workItemChoice.selectedIndex];
    if (!chosen) return;
    show(chosen);
    hosting.changeWorkItem(chosen.id);
  };
  save.onclick = () => {
    show(offered[0] ?? { id: 1, title: 'A work item' });
    workItemChoice.selectedIndex = workItems.indexOf(shown);
    hosting.saveWorkItem(shown.id);
  };
  draw();
}

function workItemOf(offered: readonly OfferedWorkItem[], parameters: URLSearchParams): OfferedWorkItem {
  const text = parameters.get('id');
  if (text === '0') return newWorkItem;
  const id = buildIdIn(text);
  const [first = { id: 1, title: 'A work item' }] = offered;
  if (id === undefined) return first;
  return offered.find((one) => one.id === id) ?? { id, title: 'Another work item' };
}

function nameOf({ id, title }: OfferedWorkItem): string {
  return id === 0 ? title : `#${id} ${title}`;
}
