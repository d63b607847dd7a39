#!/usr/bin/env bash
# Copies the packages of the apps to the storage of a region, under their version. What is there already stays.
set -euo pipefail
: "${STORAGE_ACCOUNT:?}" "${CONTAINER:?}" "${PACKAGE_VERSION:?}" "${IDENTITY:?}"

az login --identity --resource-id "$IDENTITY" --output none
for package in packages/*.zip; do
  az storage blob upload --auth-mode login --only-show-errors --output none --overwrite false \
    --account-name "$STORAGE_ACCOUNT" --container-name "$CONTAINER" \
    --name "$PACKAGE_VERSION/$(basename "$package")" --file "$package" ||
    az storage blob show --auth-mode login --only-show-errors --output none \
      --account-name "$STORAGE_ACCOUNT" --container-name "$CONTAINER" --name "$PACKAGE_VERSION/$(basename "$package")"
done
