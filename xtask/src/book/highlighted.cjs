// Prints an example as the book colours it: node highlighted.cjs HIGHLIGHT_JS LANGUAGE_JS EXAMPLE
const fs = require("node:fs");
const vm = require("node:vm");
const [library, language, example] = process.argv.slice(2).map((path) => fs.readFileSync(path, "utf8"));
const page = vm.createContext({});
vm.runInContext(`${library};this.library = hljs;`, page);
const definition = { exports: {} };
new Function("module", language)(definition);
page.library.registerLanguage("arch", definition.exports);
process.stdout.write(page.library.highlight("arch", example).value);
