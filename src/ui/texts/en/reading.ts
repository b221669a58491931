/** Long feeds: finding in them. */
export const reading = {
  find: 'Find in posts',
  looking: 'Looking through older posts…',
  none: 'No more posts with that.',
  found: (place: string) => `Found: post ${place}.`,
}
