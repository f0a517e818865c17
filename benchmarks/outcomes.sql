-- The rule for attempts (auditor/sign_ins/attempts.py) in SQL, as near as it gets: times to the microsecond, of several
-- versions of a row any one, and no ids that rows only share. The log is taken to reach from its first to its last row,
-- without a hole.
WITH given AS MATERIALIZED (
  SELECT id, createdDateTime::TIMESTAMP AS moment, status.errorCode AS code, appId AS app,
         nullif(userId, '00000000-0000-0000-0000-000000000000') AS named,
         nullif(correlationId, '00000000-0000-0000-0000-000000000000') AS correlation,
         CASE WHEN list_contains(getvariable('interrupts'), code) THEN 0 WHEN code = 0 THEN 2 ELSE 1 END AS kind
  FROM read_json(getvariable('file'), format = 'newline_delimited', records = true,
    columns = {id: 'VARCHAR', createdDateTime: 'VARCHAR', status: 'STRUCT(errorCode BIGINT)', userId: 'VARCHAR',
               correlationId: 'VARCHAR', appId: 'VARCHAR'})
),
log AS MATERIALIZED (SELECT max(moment) AS latest, bool_or(code = 0) AS any_success, count(*) AS many FROM given),
-- Rows without a correlation id are alone: nothing says what belongs to them.
concerned AS (
  SELECT DISTINCT ON (id) *, coalesce(correlation, id) AS together
  FROM given
  WHERE coalesce(correlation, id) IN (SELECT coalesce(correlation, id) FROM given WHERE kind = 0)
),
owned AS (
  SELECT *, min(named) OVER w AS one, max(named) OVER w AS another
  FROM concerned WINDOW w AS (PARTITION BY together)
),
-- A row of nobody joins the one user who shares its correlation id; where several do, it is alone.
people AS (
  SELECT *, named IS NULL AND one <> another AS anybodys,
         CASE WHEN named IS NULL AND one <> another THEN id ELSE coalesce(named, one, '') END AS person
  FROM owned
),
gaps AS (
  SELECT *, moment - lag(moment) OVER (PARTITION BY together, person ORDER BY moment, kind, id)
              > INTERVAL 60 MINUTE AS begins
  FROM people
),
numbered AS (
  SELECT *, count(*) FILTER (begins) OVER (PARTITION BY together, person ORDER BY moment, kind, id) AS attempt
  FROM gaps
),
placed AS (
  SELECT *, row_number() OVER w AS place, count(*) OVER (PARTITION BY together, person, attempt) AS size,
         last_value(code) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_code,
         last_value(moment) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_moment,
         count(*) FILTER (kind = 2) OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS successes,
         count(*) FILTER (code IS NULL) OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS uncoded
  FROM numbered WINDOW w AS (PARTITION BY together, person, attempt ORDER BY moment, kind, id)
)
SELECT code,
       CASE WHEN anybodys THEN 'not known'
            WHEN successes > 0 THEN 'completed'
            WHEN correlation IS NULL OR last_code IS NULL OR uncoded > 0 OR NOT any_success
                 OR NOT list_contains(getvariable('catalogued'), last_code) THEN 'not known'
            WHEN last_moment + INTERVAL 60 MINUTE > latest THEN 'pending'
            WHEN NOT list_contains(getvariable('interrupts'), last_code) THEN 'failed'
            WHEN place < size THEN 'continued'
            ELSE 'abandoned' END AS outcome,
       count(*) AS interrupts, any_value(many) AS rows_read
FROM placed, log
WHERE kind = 0
GROUP BY 1, 2
ORDER BY 1, 2
