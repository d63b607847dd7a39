/** The page where administrators enter the Deployments service of the organization. */
import { Button } from 'azure-devops-ui/Button';
import { FormItem } from 'azure-devops-ui/FormItem';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import * as React from 'react';
import { Notice } from '../components/Notice.tsx';
import { useEscapeKeepsFocus } from '../components/use-escape-keeps-focus.ts';
import { parseServiceUrl } from '../host/service-url.ts';
import type { Settings } from '../host/settings.ts';
import { settingsStrings } from './settings-strings.ts';

export interface SettingsStore {
  read(): Promise<Settings | undefined>;
  write(settings: Settings): Promise<void>;
}

type Status =
  | { readonly kind: 'loading' | 'editing' | 'saving' | 'saved' }
  | { readonly kind: 'failed'; readonly message: string };

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The page; `packedUrl` is the URL of the service for which the extension was packed, and then there are no settings. */
export function SettingsPage(props: { store: SettingsStore; packedUrl?: string }): JSX.Element {
  const { packedUrl } = props;
  if (!packedUrl) return <SettingsForm store={props.store} />;
  return (
    <div className="settings-page">
      <h1 className="title-l">{settingsStrings.title}</h1>
      <p className="packed-service">{settingsStrings.packed(packedUrl)}</p>
    </div>
  );
}

function SettingsForm(props: { store: SettingsStore }): JSX.Element {
  const { store } = props;
  useEscapeKeepsFocus();
  const [status, setStatus] = React.useState<Status>({ kind: 'loading' });
  const [serviceUrl, setServiceUrl] = React.useState('');
  const [clientId, setClientId] = React.useState('');
  const [checked, setChecked] = React.useState(false);
  const words = settingsStrings;
  const url = parseServiceUrl(serviceUrl);
  const urlWrong = checked && !url;
  const clientIdWrong = checked && !isClientId(clientId);

  React.useEffect(() => {
    store.read().then(
      (stored) => {
        setServiceUrl(stored?.serviceUrl ?? '');
        setClientId(stored?.clientId ?? '');
        setStatus({ kind: 'editing' });
      },
      (error: Error) => setStatus({ kind: 'failed', message: words.loadFailed(error.message) }),
    );
  }, [store]);

  const save = () => {
    setChecked(true);
    if (!url || !isClientId(clientId)) return;
    setStatus({ kind: 'saving' });
    store.write({ serviceUrl: url, clientId: clientId.trim() }).then(
      () => setStatus({ kind: 'saved' }),
      (error: Error) => setStatus({ kind: 'failed', message: words.saveFailed(error.message) }),
    );
  };
  const edit = (set: (text: string) => void) => (_: unknown, text: string) => {
    set(text);
    setStatus({ kind: 'editing' });
  };

  return (
    <form
      className="settings-page"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <h1 className="title-l">{words.title}</h1>
      <p className="secondary-text">
        {words.intro} {words.suggestion}
      </p>
      <FormItem label={words.url} message={urlWrong ? words.urlWrong : words.urlHint} error={urlWrong}>
        <TextField
          ariaLabel={words.url}
          value={serviceUrl}
          onChange={edit(setServiceUrl)}
          width={TextFieldWidth.auto}
          disabled={status.kind === 'loading'}
        />
      </FormItem>
      <FormItem
        label={words.clientId}
        message={clientIdWrong ? words.clientIdWrong : words.clientIdHint}
        error={clientIdWrong}
      >
        <TextField
          ariaLabel={words.clientId}
          value={clientId}
          onChange={edit(setClientId)}
          width={TextFieldWidth.auto}
          disabled={status.kind === 'loading'}
        />
      </FormItem>
      <div className="settings-actions">
        <Button
          primary
          type="submit"
          text={status.kind === 'saving' ? words.saving : words.save}
          disabled={status.kind === 'loading' || status.kind === 'saving'}
        />
        <span role="status" className="secondary-text">
          {status.kind === 'saved' && words.saved}
        </span>
      </div>
      {status.kind === 'failed' && <Notice tone="error" text={status.message} />}
    </form>
  );
}

function isClientId(text: string): boolean {
  return text.trim() === '' || guid.test(text.trim());
}
