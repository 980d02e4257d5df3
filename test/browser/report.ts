/** What the page tells the test. */
export interface PageReport {
  adapter?: string;
  losses?: number[];
  error?: string;
}
