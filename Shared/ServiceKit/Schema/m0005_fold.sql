-- A text as searches compare it: without accents, in lower case. What is searched and what is searched for are both
-- folded, so "Muller" finds "Müller". The dictionary is named, so that no search path can exchange it.
CREATE FUNCTION core.fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(extensions.unaccent('extensions.unaccent'::regdictionary, value));
