// Where the built module lies, under a name with its content's hash. Nothing when it was not built: the page then asks the server.
const built = import.meta.glob<string>('../../../../checker/dist/checker.wasm', { query: '?url', import: 'default', eager: true });

export default Object.values(built)[0];
