/**
 * The three lookups in hand-written SQL for the database of the engine, with the same columns as the stored functions:
 * the baseline for the SQL that the engine generates from KQL.
 */

const finalStates = `('succeeded','success','completed','complete','done','finished','deployed','successful',
  'failed','failure','error','faulted','timedout','rejected','rolledback','partiallysucceeded',
  'canceled','cancelled','aborted','abandoned','skipped','superseded')`;

/** The orchestrator of an event `v`, as in `DeploymentSourceOf`; 2024-02-20 in ticks. */
const sourceOf = `CASE v.Source
  WHEN 'expressv2' THEN iif(kql_matches_regex(v.ChangeActivity, '/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'), 'expressv2', '')
  WHEN 'pilotfish' THEN iif(v.Timestamp >= 638439840000000000, 'pilotfish', '')
  WHEN 'azdeployer' THEN iif(instr(lower(v.MetaData), 'pilotfishbuildversion') = 0, 'azdeployer',
    iif(v.Timestamp < 638439840000000000, 'pilotfish', ''))
  ELSE '' END`;

const progression =
  "'https://dataexplorer.azure.com/dashboards/d0357802-00ae-48c7-85a2-5cf02d98de77?p-_entityType=all&p-_payload='";

/** Values: organization, project, build. */
export const b2dSql = `
WITH payload AS (
  SELECT DISTINCT Payload FROM Build2Payload WHERE OrganizationName = ?1 AND ProjectId = ?2 AND Id = ?3
), event AS (
  SELECT *,
    row_number() OVER (PARTITION BY DeploymentId, Source ORDER BY isFinal, ModifiedDate DESC) AS latest,
    row_number() OVER (PARTITION BY DeploymentId, Source, BuildVersion) AS nthOfPayload
  FROM (
    SELECT v.DeploymentId, ${sourceOf} AS Source, v.BuildVersion, v.StartTime, v.EndTime, v.ModifiedDate,
      v.ChangeState, v.ChangeOwner, v.ChangeOwnerType, v.MetaData,
      lower(v.ChangeState) IN ${finalStates} AS isFinal,
      instr(lower(v.ChangeState), 'blocked') > 0 AS isBlocked
    FROM payload LEFT JOIN EntityChangeEventsMaterializedView v
      ON v.BuildVersion = payload.Payload AND v.DeploymentId <> '' AND ${sourceOf} <> '')
)
SELECT ifnull(DeploymentId, '') <> '', DeploymentId,
  CASE Source WHEN 'expressv2'
    THEN 'https://ev2portal.azure.net/#/Rollout/' || DeploymentId || '?RolloutInfra=' ||
      kql_url_encode(ifnull(max(CASE WHEN latest = 1 AND json_valid(MetaData) THEN MetaData ->> '$.RolloutInfra' END), 'Prod'))
    ELSE 'https://azdeployer.trafficmanager.net/release/' || DeploymentId END,
  min(StartTime),
  CASE WHEN sum(NOT isFinal AND NOT isBlocked) > 0 THEN NULL ELSE max(EndTime) FILTER (WHERE NOT isBlocked) END,
  max(ModifiedDate),
  max(ChangeState) FILTER (WHERE latest = 1),
  Source,
  max(ChangeOwner) FILTER (WHERE latest = 1),
  max(ChangeOwnerType) FILTER (WHERE latest = 1),
  max(MetaData) FILTER (WHERE latest = 1),
  json_group_array(json_object('Id', BuildVersion, 'ProgressionLink',
    ${progression} || kql_url_encode(BuildVersion) || '#84c6c83e-687d-44a3-a599-110f700efce7') ORDER BY BuildVersion)
    FILTER (WHERE nthOfPayload = 1)
FROM event GROUP BY DeploymentId, Source ORDER BY min(StartTime) DESC, DeploymentId`;

/** Values: source, deployment id. */
export const d2bSql = `
WITH activity AS (
  SELECT DISTINCT v.BuildVersion FROM EntityChangeEventsMaterializedView v
  WHERE ?1 = 'expressv2' AND v.ChangeActivity = lower(?2) AND v.DeploymentId <> '' AND ${sourceOf} = ?1
  UNION
  SELECT DISTINCT v.BuildVersion FROM EntityChangeEventsMaterializedView v
  WHERE ?1 <> 'expressv2' AND v.ParentChangeActivity = lower(?2) AND v.DeploymentId <> '' AND ${sourceOf} = ?1
), build AS (
  SELECT DISTINCT b.OrganizationName, b.ProjectId, ifnull(b.Id, '') AS Id, b.BuildUrl, b.BuildSource
  FROM activity LEFT JOIN Build2Payload b ON b.Payload = activity.BuildVersion
)
SELECT Id <> '', *, ?2, ?1 FROM build
WHERE Id <> '' OR NOT EXISTS (SELECT 1 FROM build WHERE Id <> '')
ORDER BY Id DESC, OrganizationName, ProjectId, BuildUrl`;

/** Values: source, payload in its standard form. */
export const p2bSql = `
WITH build AS (
  SELECT OrganizationName, ProjectId, Id, BuildUrl, BuildSource FROM Build2Payload
  WHERE ?1 <> 'azdeployer' AND Payload = ?2 AND DeploymentSource = ?1
  UNION
  SELECT ifnull(b.OrganizationName, ''), ifnull(b.ProjectId, ''), ifnull(b.Id, ''), ifnull(b.BuildUrl, ''), ifnull(b.BuildSource, '')
  FROM BuildVersion2Payload t LEFT JOIN Build2Payload b ON b.Payload = t.BuildVersion AND b.DeploymentSource = 'azdeployer'
  WHERE ?1 = 'azdeployer' AND t.BuildVersionTrimmed = ?2 AND t.Source = ?1
  UNION
  SELECT '', '', '', '', '' WHERE EXISTS (
    SELECT 1 FROM EntityChangeEventsMaterializedView v WHERE v.BuildVersion = ?2 AND ${sourceOf} = ?1)
)
SELECT Id <> '', *, ?2, ?1 FROM build
WHERE Id <> '' OR NOT EXISTS (SELECT 1 FROM build WHERE Id <> '')
ORDER BY Id DESC, OrganizationName, ProjectId, BuildUrl`;
