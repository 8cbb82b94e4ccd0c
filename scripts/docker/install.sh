# Installs the packages that one image needs into the folder with package.json: sh install.sh IMAGE
set -eu
node scripts/docker/packages.ts "$1"
npm ci --omit=dev --omit=peer --ignore-scripts --no-audit --no-fund
npm cache clean --force
# onnxruntime comes for all systems and processors; those of another one cannot be loaded here.
architecture=$(node --print process.arch)
for library in node_modules/onnxruntime-node/bin/*/*/*; do
  case $library in
    */linux/"$architecture") ;;
    *) rm -rf "$library" ;;
  esac
done
# Test data of the chain library, which is larger than all the rest of it; only its tests read it.
rm -rf node_modules/@polkadot/types-support
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
