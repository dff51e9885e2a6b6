-- What people know, and replies that wait for somebody who knows it
ALTER TABLE users ADD COLUMN skills text NOT NULL DEFAULT '[]';
ALTER TABLE deliveries ADD COLUMN approval text
