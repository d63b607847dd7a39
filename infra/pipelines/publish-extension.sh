#!/usr/bin/env bash
# Publishes the package of the extension as whoever az is signed in as.
set -euo pipefail
: "${PACKAGES:?}"

# The id of Azure DevOps in Microsoft Entra ID. tfx takes a token as an argument only; this one lives for an hour.
token="$(az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv)"
echo "##vso[task.setsecret]$token"

# Its development variant, which the same build makes, is not for everybody.
mapfile -t packages < <(find "$PACKAGES" -name '*.vsix' ! -name '*-dev-*')
[ "${#packages[@]}" -eq 1 ] || { echo "One package is expected, there are ${#packages[@]}." >&2; exit 1; }
npx tfx extension publish --vsix "${packages[0]}" --token "$token" --no-prompt --no-color
