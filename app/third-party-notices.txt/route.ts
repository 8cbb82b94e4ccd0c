import { siteNotices } from '../../scripts/app/notices.ts';

export const dynamic = 'force-static';

/** Written while the site is built, from what it is built from. */
export async function GET(): Promise<Response> {
  return new Response(await siteNotices(process.cwd()), { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
