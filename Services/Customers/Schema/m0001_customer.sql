GRANT USAGE ON SCHEMA customers TO customers, casebook_service;
