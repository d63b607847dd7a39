/** Controls that are behind a button where the page is narrow, so that they leave room for what they are about. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';

export function Folded(props: { label: string; children: React.ReactNode }): JSX.Element {
  const [open, setOpen] = React.useState(false);
  return (
    <>
      <Button
        className="fold-button"
        text={props.label}
        iconProps={{ iconName: open ? 'ChevronDownMed' : 'ChevronRightMed' }}
        ariaExpanded={open}
        onClick={() => setOpen(!open)}
      />
      <div className={open ? 'folded open' : 'folded'}>{props.children}</div>
    </>
  );
}
