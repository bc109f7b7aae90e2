// Knows which parts of the client arrive only when they are needed.

/** With the first section entered, or when the browser is idle. */
export const loadEditor = (): Promise<typeof import("./editor.ts")> => import("./editor.ts");

/** With the first words written. */
export const loadCopy = (): Promise<typeof import("./copy.ts")> => import("./copy.ts");

/** When a text has been open for a while. */
export const loadAgreement = (): Promise<typeof import("./agreement.ts")> => import("./agreement.ts");

/** When words wait for a text that was closed meanwhile. */
export const loadProposing = (): Promise<typeof import("./proposing.ts")> => import("./proposing.ts");

/** Where no websocket gets through. */
export const loadRequests = (): Promise<typeof import("./requests.ts")> => import("./requests.ts");

/** As soon as the page is alive. */
export const loadLater = (): Promise<typeof import("./later.ts")> => import("./later.ts");
