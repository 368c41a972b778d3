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
