/** The texts of the settings page, which no other page loads. */
export const settingsStrings = {
  title: 'Deployments settings',
  intro: 'These settings apply to all projects of this organization.',
  /** Why the URL here is only a suggestion. */
  suggestion:
    "Azure DevOps lets every user of the organization change them. So everybody who opens the tab is asked to confirm the address once, and no token is sent to it, except one for the service's own Entra application if the extension was packed with that. An extension that was packed for a service does not ask.",
  packed: (url: string) =>
    `This extension was packed for the service at ${url}. There is nothing to set here.`,
  url: 'URL of the Deployments service',
  urlHint: 'For example https://deployments.contoso.com. It must begin with https.',
  urlWrong: 'Enter an https URL without a query, for example https://deployments.contoso.com.',
  clientId: 'Application (client) id',
  clientIdHint: 'The Microsoft Entra application of the service. Leave it empty if there is none.',
  clientIdWrong: 'Enter a GUID, for example 00000000-0000-0000-0000-000000000000, or leave it empty.',
  save: 'Save',
  saving: 'Saving',
  saved: 'Saved.',
  saveFailed: (reason: string) => `Could not save the settings: ${reason}`,
  loadFailed: (reason: string) => `Could not load the settings: ${reason}`,
};
