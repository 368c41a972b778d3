-- Between the clock on the wall of a time zone and instants, by the server's own time zone database, the only one there
-- is: the services have none.

-- Whether a text has the form of a time zone's name: `UTC`, or area and place. No digits but in those of Etc: with digits
-- the server takes a misspelt name for a rule of its own (POSIX), so that `Europe/Berlin5` would be west of New York.
CREATE FUNCTION tasks.is_zone_name(zone text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT COALESCE(
            length(zone) <= 64
            AND zone ~ ('^(UTC|Etc/GMT(0|[+-]0|[+]([1-9]|1[0-2])|-([1-9]|1[0-4]))'
                || '|[A-Z][A-Za-z_-]+(/[A-Z][A-Za-z_-]+){1,2})$'),
            false)
    $$;

-- Whether there is a time zone of this name.
CREATE FUNCTION tasks.is_zone(zone text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        IF NOT tasks.is_zone_name(zone) THEN
            RETURN false;
        END IF;
        PERFORM timezone(zone, '2000-01-01T00:00:00Z'::timestamptz);
        RETURN true;
    EXCEPTION WHEN invalid_parameter_value THEN
        RETURN false;
    END
    $$;

-- What the clock on the wall of a zone shows at an instant. A zone that there is not is an error (22023), as below.
CREATE FUNCTION tasks.local_time(instant timestamptz, zone text) RETURNS timestamp
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        IF NOT tasks.is_zone_name(zone) THEN
            RAISE EXCEPTION 'time zone "%" not recognized', left(zone, 64) USING ERRCODE = 'invalid_parameter_value';
        END IF;
        RETURN timezone(zone, instant);
    END
    $$;

-- The instant at which the clock on the wall of a zone shows a time, as RFC 5545, 3.3.5, has it: a time that a change of
-- the clock leaves out is read with the offset before the change, one that comes twice is its first coming. The server
-- does the former by itself, and takes the second coming for the latter: that of a day earlier is then tried on it,
-- whatever the size of the change.
CREATE FUNCTION tasks.instant(local timestamp, zone text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        taken timestamptz;
        day_before timestamptz;
        first_coming timestamptz;
    BEGIN
        IF NOT tasks.is_zone_name(zone) THEN
            RAISE EXCEPTION 'time zone "%" not recognized', left(zone, 64) USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF local < '0001-01-02T00:00:00' OR local >= '9999-12-31T00:00:00' THEN
            RAISE EXCEPTION 'the time is outside of the years 1 to 9999' USING ERRCODE = 'datetime_field_overflow';
        END IF;
        taken := timezone(zone, local);
        day_before := taken - '24 hours'::interval;
        first_coming := timezone('UTC', local - (timezone(zone, day_before) - timezone('UTC', day_before)));
        IF first_coming < taken AND timezone(zone, first_coming) = local THEN
            RETURN first_coming;
        END IF;
        RETURN taken;
    END
    $$;

-- The changes of a zone's clock in a span of time of at most 40 years, in order: at the first instant of the new offset,
-- both in seconds east of Greenwich. Days are compared with each other; two changes within a day are seen as one.
CREATE FUNCTION tasks.clock_changes(zone text, since timestamptz, until timestamptz)
    RETURNS TABLE (changed_at timestamptz, seconds_before bigint, seconds_after bigint)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 20
    SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        lower_end timestamptz;
        upper_end timestamptz;
        middle timestamptz;
    BEGIN
        IF NOT tasks.is_zone_name(zone) THEN
            RAISE EXCEPTION 'time zone "%" not recognized', left(zone, 64) USING ERRCODE = 'invalid_parameter_value';
        END IF;
        FOR lower_end, seconds_before, seconds_after IN
            SELECT d.day, d.seconds, d.next_seconds
            FROM (
                SELECT o.day, o.seconds, lead(o.seconds) OVER (ORDER BY o.day) AS next_seconds
                FROM (
                    SELECT g.day,
                           extract(epoch FROM timezone(zone, g.day) - timezone('UTC', g.day))::bigint AS seconds
                    FROM generate_series(
                        since, least(until, since + '40 years'::interval), '24 hours'::interval) AS g (day)
                ) AS o
            ) AS d
            WHERE d.seconds <> d.next_seconds
            ORDER BY d.day
        LOOP
            upper_end := lower_end + '24 hours'::interval;
            WHILE upper_end - lower_end > '1 second'::interval LOOP
                middle := date_trunc('second', lower_end + (upper_end - lower_end) / 2);
                IF extract(epoch FROM timezone(zone, middle) - timezone('UTC', middle))::bigint = seconds_before THEN
                    lower_end := middle;
                ELSE
                    upper_end := middle;
                END IF;
            END LOOP;
            changed_at := upper_end;
            RETURN NEXT;
        END LOOP;
    END
    $$;

REVOKE ALL ON FUNCTION tasks.is_zone_name(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION tasks.is_zone(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION tasks.local_time(timestamptz, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION tasks.instant(timestamp, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION tasks.clock_changes(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tasks.is_zone_name(text) TO tasks;
GRANT EXECUTE ON FUNCTION tasks.is_zone(text) TO tasks;
GRANT EXECUTE ON FUNCTION tasks.local_time(timestamptz, text) TO tasks;
GRANT EXECUTE ON FUNCTION tasks.instant(timestamp, text) TO tasks;
GRANT EXECUTE ON FUNCTION tasks.clock_changes(text, timestamptz, timestamptz) TO tasks;
