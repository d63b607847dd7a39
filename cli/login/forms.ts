/** The forms of what a login names at Microsoft Entra ID. Azure CLI gets them on a command line of a shell. */
import type { Form } from '../../settings/forms.ts';

/** Lower case, so that two spellings are one. */
export const clientId: Form<string> = {
  rightForm: 'a client id (a GUID)',
  parse: (given) =>
    /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(given) ? given.toLowerCase() : undefined,
};

export const tenant: Form<string> = {
  rightForm: 'a tenant id (a GUID) or a domain such as contoso.onmicrosoft.com',
  parse: (given) => (/^[\da-z][\da-z.-]{0,252}$/i.test(given) ? given.toLowerCase() : undefined),
};

/** Without the `/.default` that makes it a scope. */
export const audience: Form<string> = {
  rightForm: 'an application id URI such as api://deployments',
  parse(given) {
    const uri = given.replace(/\/\.default$/, '');
    return /^[\da-z][\w.:/-]{0,254}$/i.test(uri) ? uri : undefined;
  },
};
