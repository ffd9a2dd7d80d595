// Stylesheets imported for their class names: every lookup may miss, as noUncheckedIndexedAccess says.
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>
  export default classes
}
