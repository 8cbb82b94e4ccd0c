/**
 * Zod would try whether it may compile schemas into functions, which the page's Content-Security-Policy forbids and
 * reports. Its configuration lies on `globalThis`; set there before zod is loaded, it costs the first view nothing, while
 * zod's own `config` would bring all of zod into it.
 *
 * @see https://zod.dev/api, `jitless`
 */
const shared = globalThis as { __zod_globalConfig?: { jitless?: boolean } };
shared.__zod_globalConfig = { ...shared.__zod_globalConfig, jitless: true };

export {};
