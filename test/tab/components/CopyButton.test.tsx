import '@testing-library/jest-dom';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import '../browser.ts';
import { CopyButton } from '../../../tab/components/CopyButton.tsx';

describe('the copy button', () => {
  it('copies, and says that it did', async () => {
    const user = userEvent.setup();
    render(<CopyButton text="the id" label="Copy id" />);
    await user.click(screen.getByText('Copy id'));
    expect(await screen.findByText('Copied')).toBeVisible();
    expect(await navigator.clipboard.readText()).toBe('the id');
  });

  it('takes the old way where the clipboard is closed to frames', async () => {
    const user = userEvent.setup();
    jest.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('not allowed'));
    let copied = '';
    document.execCommand = () => {
      copied = document.querySelector('textarea')?.value ?? '';
      return true;
    };
    render(<CopyButton text="the id" label="Copy id" />);
    await user.click(screen.getByText('Copy id'));
    expect(await screen.findByText('Copied')).toBeVisible();
    expect(copied).toBe('the id');
    expect(document.querySelector('textarea')).toBeNull();
  });
});
