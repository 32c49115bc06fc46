-- The log only grows, one number after the other.
CREATE FUNCTION mlc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the event log is append-only'; END $$;
CREATE FUNCTION mlc_next_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM event) THEN
        RAISE EXCEPTION 'the event log takes the next number only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event
FOR EACH ROW EXECUTE FUNCTION mlc_append_only();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION mlc_append_only();
CREATE TRIGGER event_next BEFORE INSERT ON event
FOR EACH ROW EXECUTE FUNCTION mlc_next_only();
