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

/** Service group and service tree of an Ev2 id or activity, in lower case, and of a payload that tells them instead. */
const groupOf = (activity: string) => `kql_extract('(?:^|/)([^/]+)/[^/]+$', 1, ${activity})`;
const treeOf = (activity: string) => `kql_extract('^([^/]+)/[^/]+/[^/]+$', 1, ${activity})`;
const firstOf = (...texts: readonly string[]) =>
  `coalesce(${texts.map((text) => `nullif(${text}, '')`).join(', ')}, '')`;

/** Values: source, deployment id in any of the forms that `DeploymentOfId` takes. */
export const d2bSql = `
WITH asked AS MATERIALIZED (
  SELECT ${groupOf('lower(?2)')} AS serviceGroup, ${treeOf('lower(?2)')} AS tree
), version AS MATERIALIZED (
  SELECT lower(v.BuildVersion) AS payload, max(v.ModifiedDate) AS updated,
    iif(asked.serviceGroup = '', '', ${firstOf(groupOf('lower(v.ChangeActivity)'), "kql_extract('^[^/]+/([^/=]+)=', 1, lower(v.BuildVersion))")}) AS serviceGroup,
    iif(asked.tree = '', '', ${firstOf(treeOf('lower(v.ChangeActivity)'), "kql_extract('^([^/]+)/[^/]+=', 1, lower(v.BuildVersion))", "iif(lower(v.ChangeOwnerType) = 'serviceid', lower(v.ChangeOwner), '')")}) AS tree
  FROM asked CROSS JOIN EntityChangeEventsMaterializedView v
  WHERE ?1 = 'expressv2' AND ${rolloutOf('v."ChangeActivity"')} = substr(lower(?2), -36)
    AND lower(v.Source) = 'expressv2'
  GROUP BY v.ChangeActivity, v.BuildVersion, v.ChangeOwner
  UNION ALL
  SELECT lower(v.BuildVersion), max(v.ModifiedDate), '', '' FROM EntityChangeEventsMaterializedView v
  WHERE ?1 <> 'expressv2' AND kql_fold(v."ParentChangeActivity") = kql_fold(?2) AND ${sourceOf} = ?1
  GROUP BY 1
), deployment AS MATERIALIZED (
  SELECT max(updated) AS updated FROM version, asked
  HAVING count(*) > 0
    AND (sum(version.serviceGroup <> '') = 0 OR sum(version.serviceGroup = asked.serviceGroup) > 0)
    AND (sum(version.tree <> '') = 0 OR sum(version.tree = asked.tree) > 0)
), build AS MATERIALIZED (
  SELECT DISTINCT b.OrganizationName, b.ProjectId, b.Id, b.BuildUrl, b.BuildSource, deployment.updated
  FROM deployment CROSS JOIN version CROSS JOIN Build2Payload b
    ON b.Payload = version.payload AND b.DeploymentSource = ?1 AND b.Payload <> ''
)
SELECT 1, OrganizationName, ProjectId, Id, BuildUrl, BuildSource, ?2, ?1, updated FROM build
UNION ALL
SELECT 0, '', '', '', '', '', ?2, ?1, updated FROM deployment WHERE NOT EXISTS (SELECT 1 FROM build)
ORDER BY 4 DESC, 2, 3, 5`;

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
