/** Shows a page with the reason if rendering crashes, instead of an empty frame. */
import * as React from 'react';
import { strings } from '../strings.ts';
import { MessagePage } from './MessagePage.tsx';

export class ErrorBoundary extends React.Component<object, { message?: string }> {
  override state: { message?: string } = {};

  static getDerivedStateFromError(error: unknown): { message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): React.ReactNode {
    if (this.state.message === undefined) return this.props.children;
    return (
      <MessagePage
        tone="problem"
        {...strings.pages.crashed}
        action={strings.pages.reload}
        detail={this.state.message}
        onAction={() => window.location.reload()}
      />
    );
  }
}
