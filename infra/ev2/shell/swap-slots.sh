#!/usr/bin/env bash
# Swaps the slots of a region's apps, one after the other. A swap waits until the slot answers /health/ready with 200, and
# fails where it does not; then the apps that were swapped are swapped back. Run again, it brings back the version before.
set -euo pipefail
: "${RESOURCE_GROUP:?}" "${APPS:?}" "${SLOT:?}" "${IDENTITY:?}"

swap() {
  az functionapp deployment slot swap --only-show-errors --output none \
    --resource-group "$RESOURCE_GROUP" --name "$1" --slot "$SLOT" --target-slot production
}

az login --identity --resource-id "$IDENTITY" --output none
swapped=()
for app in $APPS; do
  if swap "$app"; then
    swapped+=("$app")
    echo "$app was swapped."
    continue
  fi
  echo "$app could not be swapped." >&2
  for done in ${swapped[@]+"${swapped[@]}"}; do
    swap "$done" && echo "$done was swapped back." >&2
  done
  exit 1
done
