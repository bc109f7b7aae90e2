// Knows which addresses may be links.

const SAFE_ADDRESS = /^(https?:|mailto:)/i;

/** Whether an address may be a link: nothing that runs, nothing relative to this site. */
export function isSafeAddress(address: unknown): address is string {
  return typeof address === "string" && SAFE_ADDRESS.test(address.trim());
}
