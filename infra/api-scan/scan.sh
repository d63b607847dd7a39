#!/usr/bin/env bash
# Scans the API at API_URL with ZAP by infra/api-scan/zap.yaml. Exits with ZAP's code: 1 for findings of high risk, 2 for
# those of medium risk.
set -euo pipefail
: "${API_URL:?}" "${API_SCOPE:?}" "${BUILD_ARTIFACTSTAGINGDIRECTORY:?}"

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
work="$BUILD_ARTIFACTSTAGINGDIRECTORY/api-scan"
mkdir -p "$work"
cp "$here/zap.yaml" "$work/"
# ZAP runs as another user in its container.
chmod -R a+rwX "$work"
curl --fail --silent --show-error --output "$work/openapi.json" "$API_URL/openapi.json"

API_TOKEN="$(az account get-access-token --scope "$API_SCOPE" --query accessToken --output tsv)"
echo "##vso[task.setsecret]$API_TOKEN"
export API_TOKEN API_URL
docker run --rm --env API_URL --env API_TOKEN --volume "$work:/zap/wrk:rw" \
  ghcr.io/zaproxy/zaproxy:2.16.1 zap.sh -cmd -autorun /zap/wrk/zap.yaml
