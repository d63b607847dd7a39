/**
 * The three lookups as somebody would write them in SQL for the engine's own file, with the columns of the stored
 * functions in their order: the yardstick for the SQL that the engine makes of KQL.
 */

/** The words of `DeploymentStateOf`, as far as the data set has others than `failed`. */
const stateOf = `CASE lower(ChangeState)
  WHEN 'completed' THEN 'succeeded' WHEN 'succeeded' THEN 'succeeded' WHEN 'failed' THEN 'failed'
  WHEN 'canceled' THEN 'canceled' WHEN 'inprogress' THEN 'inProgress' WHEN 'notstarted' THEN 'notStarted'
  WHEN 'blocked' THEN 'blocked' ELSE 'unknown' END`;

/** As \`RolloutIdOf\` has it, to the letter, so that its index is used. */
const rolloutOf = (column: string) =>
  `kql_tolower(kql_extract('(?:^|/)([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$', 1, ${column}))`;

/** The orchestrator of an event `v`, as \`DeploymentSourceOf\` has it; 2024-02-20 in ticks. */
const sourceOf = `CASE lower(v.Source)
  WHEN 'expressv2' THEN iif(${rolloutOf('v."ChangeActivity"')} <> '', 'expressv2', '')
  WHEN 'pilotfish' THEN iif(v.Timestamp >= 638439840000000000, 'pilotfish', '')
  WHEN 'azdeployer' THEN iif(instr(lower(v.MetaData), 'pilotfishbuildversion') = 0, 'azdeployer',
    iif(v.Timestamp < 638439840000000000, 'pilotfish', ''))
  ELSE '' END`;

const progression =
  "'https://dataexplorer.azure.com/dashboards/d0357802-00ae-48c7-85a2-5cf02d98de77?p-_entityType=all&p-_payload='";

const counted = (name: string, state: string) => `'${name}', sum(state = '${state}')`;

/** Values: organization, project, build. */
export const b2dSql = `
WITH carried AS MATERIALIZED (
  SELECT DISTINCT ${sourceOf} AS source,
    CASE lower(v.Source) WHEN 'expressv2' THEN ${rolloutOf('v."ChangeActivity"')} ELSE lower(v.ParentChangeActivity) END AS key,
    lower(v.BuildVersion) AS payload
  FROM Build2Payload b CROSS JOIN EntityChangeEventsMaterializedView v
    ON kql_fold(v."BuildVersion") = kql_fold(b.Payload) AND v.BuildVersion <> ''
  WHERE b.OrganizationName = ?1 AND b.ProjectId = ?2 AND b.Id = ?3
), deployment AS MATERIALIZED (
  SELECT source, key, json_group_array(json_object('Id', payload, 'ProgressionLink',
    ${progression} || kql_url_encode(payload) || '#84c6c83e-687d-44a3-a599-110f700efce7') ORDER BY payload) AS payloads
  FROM carried WHERE source <> '' GROUP BY source, key
), event AS (
  SELECT d.source, d.key, d.payloads, v.* FROM deployment d CROSS JOIN EntityChangeEventsMaterializedView v
    ON d.source = 'expressv2' AND ${rolloutOf('v."ChangeActivity"')} = d.key AND lower(v.Source) = 'expressv2'
  UNION ALL
  SELECT d.source, d.key, d.payloads, v.* FROM deployment d CROSS JOIN EntityChangeEventsMaterializedView v
    ON d.source <> 'expressv2' AND kql_fold(v."ParentChangeActivity") = d.key AND ${sourceOf} = d.source
), entity AS (
  SELECT *, ${stateOf} AS state, max(ModifiedDate) AS updated, min(StartTime) AS firstStart
  FROM event GROUP BY source, key, lower(EntityType), lower(EntityId)
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY source, key ORDER BY
    CASE state WHEN 'inProgress' THEN 1 WHEN 'blocked' THEN 2 WHEN 'notStarted' THEN 3 WHEN 'unknown' THEN 4
      WHEN 'failed' THEN 5 WHEN 'canceled' THEN 6 ELSE 7 END, updated DESC) AS place
  FROM entity
), answer AS (
  SELECT source, key, payloads,
    max(CASE source WHEN 'expressv2' THEN ChangeActivity ELSE ParentChangeActivity END) AS id,
    min(firstStart) AS start, max(EndTime) AS finish, max(updated) AS updated,
    max(state) FILTER (WHERE place = 1) AS state,
    max(ChangeState) FILTER (WHERE place = 1) AS changeState,
    max(EntityType) FILTER (WHERE place = 1) AS entityType,
    max(ChangeOwner) FILTER (WHERE place = 1) AS owner,
    max(ChangeOwnerType) FILTER (WHERE place = 1) AS ownerType,
    max(MetaData) FILTER (WHERE place = 1) AS metaData,
    sum(state IN ('succeeded', 'failed', 'canceled')) = count(*) AS isFinal,
    json_object('Total', count(*), ${counted('NotStarted', 'notStarted')}, ${counted('InProgress', 'inProgress')},
      ${counted('Blocked', 'blocked')}, ${counted('Succeeded', 'succeeded')}, ${counted('Failed', 'failed')},
      ${counted('Canceled', 'canceled')}, ${counted('Unknown', 'unknown')}) AS progress
  FROM ranked GROUP BY source, key
)
SELECT 1, id,
  CASE source WHEN 'expressv2'
    THEN 'https://ev2portal.azure.net/#/Rollout/' || id || '?RolloutInfra=' ||
      kql_url_encode(ifnull(CASE WHEN json_valid(metaData) THEN metaData ->> '$.RolloutInfra' END, 'Prod'))
    ELSE 'https://azdeployer.trafficmanager.net/release/' || id END,
  start, CASE WHEN isFinal THEN finish END, updated, state, changeState, entityType, progress, source, owner, ownerType, metaData, payloads
FROM answer ORDER BY start DESC, id`;

/** Values: source, deployment id as B2D returns it. */
export const d2bSql = `
WITH version AS MATERIALIZED (
  SELECT lower(v.BuildVersion) AS payload, max(v.ModifiedDate) AS updated FROM EntityChangeEventsMaterializedView v
  WHERE ?1 = 'expressv2' AND ${rolloutOf('v."ChangeActivity"')} = substr(lower(?2), -36)
    AND lower(v.Source) = 'expressv2' AND lower(v.ChangeActivity) = lower(?2)
  GROUP BY 1
  UNION ALL
  SELECT lower(v.BuildVersion), max(v.ModifiedDate) FROM EntityChangeEventsMaterializedView v
  WHERE ?1 <> 'expressv2' AND kql_fold(v."ParentChangeActivity") = kql_fold(?2) AND ${sourceOf} = ?1
  GROUP BY 1
)
SELECT DISTINCT 1, b.OrganizationName, b.ProjectId, b.Id, b.BuildUrl, b.BuildSource, ?2, ?1,
  (SELECT max(updated) FROM version)
FROM version CROSS JOIN Build2Payload b ON b.Payload = version.payload AND b.Payload <> ''
ORDER BY b.Id DESC, b.OrganizationName, b.ProjectId, b.BuildUrl`;

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
    SELECT 1 FROM EntityChangeEventsMaterializedView v WHERE kql_fold(v."BuildVersion") = ?2 AND ${sourceOf} = ?1)
)
SELECT Id <> '', *, ?2, ?1 FROM build
WHERE Id <> '' OR NOT EXISTS (SELECT 1 FROM build WHERE Id <> '')
ORDER BY Id DESC, OrganizationName, ProjectId, BuildUrl`;
