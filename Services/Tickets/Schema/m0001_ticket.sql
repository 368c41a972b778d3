GRANT USAGE ON SCHEMA tickets TO tickets, casebook_service;
