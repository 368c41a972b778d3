-- Zones whose names have one part, such as Singapore: a workspace may be in any zone that the server lists, and its
-- series in the workspace's.

-- Whether a text has the form of a time zone's name: one of the names of one part, or area and place. The former are
-- those of the IANA database that the server reads as zones; it takes others, such as PST and FOO+5, for abbreviations
-- or rules of its own (POSIX). No digits but in those of Etc, for the same reason.
CREATE OR REPLACE FUNCTION tasks.is_zone_name(zone text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT COALESCE(
            length(zone) <= 64
            AND zone ~ ('^(UTC|UCT|GMT|Greenwich|Universal|Zulu|EST|MST|HST|Cuba|Egypt|Eire|GB|GB-Eire|Hongkong|Iceland'
                || '|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|NZ|NZ-CHAT|Navajo|PRC|Poland|Portugal|ROC|ROK|Singapore'
                || '|Turkey|W-SU|Etc/GMT(0|[+-]0|[+]([1-9]|1[0-2])|-([1-9]|1[0-4]))'
                || '|[A-Z][A-Za-z_-]+(/[A-Z][A-Za-z_-]+){1,2})$'),
            false)
    $$;

-- The name by which series know a zone. With some names the server means two things: a zone where it lists them, and
-- the same hours the whole year, an abbreviation, where a clock is asked for. They stand for the places whose clocks
-- the IANA database links them to, and so do those with digits and those below posix. What is none of these stays.
CREATE FUNCTION tasks.full_zone_name(zone text) RETURNS text
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

REVOKE ALL ON FUNCTION tasks.full_zone_name(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tasks.full_zone_name(text) TO tasks;
