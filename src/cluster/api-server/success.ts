/** The `Status` of a request that was done and whose answer is nothing else. */
export function success(code: number, details?: object): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details && { details }),
    ...(code !== 200 && { code }),
  };
}
