/** The package's ES module, by its file: what Node takes for the package itself is CommonJS under a name that says ESM. */
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export * from 'wgsl_reflect';
}
