/** @type {import('next').NextConfig} */
const config = {
  // A static site for any web server or IPFS gateway: there is no server of its own.
  output: 'export',
  trailingSlash: true,
  reactStrictMode: true,
  images: { unoptimized: true },
  // The Node side is type-checked by its own rules; this one also knows JSX and resolves as bundlers do. `npm run types`
  // checks both, so a build does not.
  typescript: { tsconfigPath: 'app/tsconfig.json', ignoreBuildErrors: true },
  devIndicators: false,
  // Pages are prerendered without it, and a compiled addon of Node cannot be bundled. Browsers have WebRTC of their own.
  serverExternalPackages: ['node-datachannel'],
};

export default config;
