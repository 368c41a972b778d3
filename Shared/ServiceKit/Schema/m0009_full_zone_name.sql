-- The name of a zone whose clock is read. With some names the server means two things: a zone where it lists them, and
-- the same hours the whole year, an abbreviation, where a clock is asked for (PostgreSQL's manual, 8.5.3).
-- They stand for the places whose clocks the IANA database links them to, and so do those with digits and those below
-- posix. What is none of these stays.
CREATE FUNCTION core.full_zone_name(zone text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT CASE n.name
            WHEN 'CET' THEN 'Europe/Brussels'
            WHEN 'MET' THEN 'Europe/Brussels'
            WHEN 'EET' THEN 'Europe/Athens'
            WHEN 'WET' THEN 'Europe/Lisbon'
            WHEN 'EST5EDT' THEN 'America/New_York'
            WHEN 'CST6CDT' THEN 'America/Chicago'
            WHEN 'MST7MDT' THEN 'America/Denver'
            WHEN 'PST8PDT' THEN 'America/Los_Angeles'
            WHEN 'GMT0' THEN 'GMT'
            WHEN 'GMT+0' THEN 'GMT'
            WHEN 'GMT-0' THEN 'GMT'
            ELSE n.name END
        FROM (SELECT regexp_replace(zone, '^posix/', '') AS name) AS n
    $$;

REVOKE ALL ON FUNCTION core.full_zone_name(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.full_zone_name(text) TO casebook_service;
