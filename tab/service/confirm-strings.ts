/** The texts about a service that the user has to confirm. They are loaded with their pages. */
export const confirmStrings = {
  confirm: {
    title: 'Is this your Deployments service?',
    text: 'The settings of this organization name the service below. Any user of the organization can change them, so continue only if you know this address.',
    sends:
      'This page will send it the name of the organization, the id of the project and the number of the build, but no token.',
    sendsToken:
      'This page will send it the name of the organization, the id of the project and the number of the build, and a token of Microsoft Entra ID that is good for the Deployments service only.',
    confirm: 'Use this service',
    refuse: 'Do not use it',
  },
  refused: {
    title: 'The Deployments service is not used',
    text: (origin: string) =>
      `You chose not to use ${origin}, so nothing is sent to it. If the address is wrong, ask an administrator to correct it in the organization settings, under Deployments.`,
    askAgain: 'Ask me again',
  },
};
