BEGIN TRANSACTION;
CREATE TABLE hegui_account (id INTEGER PRIMARY KEY, matter INTEGER NOT NULL,
  words INTEGER NOT NULL REFERENCES hegui_words (id), digest TEXT NOT NULL, kind TEXT NOT NULL, entity TEXT NOT NULL,
  name TEXT, jurisdiction TEXT, place TEXT, occurred DATE, message_zh TEXT NOT NULL, message_en TEXT NOT NULL,
  facts TEXT NOT NULL);
INSERT INTO "hegui_account" VALUES(1,1,1,'53cb7025cc346bc9bfefb4b5be0956ec','site','S1','S1 号场地','T1','青石镇','2024-03-11','S1 号场地堆高 12 m（电话 （不公开））','S1 号场地 is 12 m high (telephone (private))','[[["堆高", "height"], ["12 m", "12 m"], ["sites.csv", null, 2, "堆高(m)"], null], [["场地名称", "site name"], ["S1 号场地", "S1 号场地"], ["sites.csv", null, 2, "名称"], null], [["电话", "telephone"], ["（不公开）", "(private)"], ["sites.csv", null, 2, null], null]]');
INSERT INTO "hegui_account" VALUES(2,1,1,'54c5d2ce302b5f796b6ad62e7cf84631','site','S1','S1 号场地','T1','青石镇','2024-04-11','S1 号场地堆高 13 m（电话 （不公开））','S1 号场地 is 13 m high (telephone (private))','[[["堆高", "height"], ["13 m", "13 m"], ["sites.csv", null, 2, "堆高(m)"], null], [["场地名称", "site name"], ["S1 号场地", "S1 号场地"], ["sites.csv", null, 2, "名称"], null], [["电话", "telephone"], ["（不公开）", "(private)"], ["sites.csv", null, 2, null], null]]');
CREATE TABLE hegui_entry (id INTEGER PRIMARY KEY, matter INTEGER NOT NULL, sort TEXT NOT NULL, after_run INTEGER NOT NULL,
  day DATE NOT NULL, document TEXT, office TEXT, text TEXT, period TEXT, deadline DATE, file TEXT, digest TEXT,
  corrects INTEGER REFERENCES hegui_entry (id), entered TEXT NOT NULL);
INSERT INTO "hegui_entry" VALUES(1,1,'order',2,'2024-03-20','示例限〔2024〕1号',NULL,NULL,'30 workdays','2024-05-06',NULL,NULL,NULL,'2024-06-01T00:00:00+00:00');
CREATE TABLE hegui_name (fingerprint TEXT PRIMARY KEY, rule TEXT NOT NULL, matter INTEGER NOT NULL,
  run INTEGER NOT NULL REFERENCES hegui_run (id));
INSERT INTO "hegui_name" VALUES('site.too-high/site/S1','site.too-high',1,1);
CREATE TABLE hegui_run (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, as_of DATE NOT NULL, decided_on DATE NOT NULL,
  ruleset TEXT NOT NULL, ruleset_version TEXT NOT NULL, ruleset_digest TEXT NOT NULL, facts_digest TEXT NOT NULL,
  hegui TEXT NOT NULL, whole BOOLEAN NOT NULL, workdays TEXT NOT NULL, entered TEXT NOT NULL);
INSERT INTO "hegui_run" VALUES(1,'sha256:b51f824284ae458cd26b5933230b29431329266fd8c23aa0abd758235a7b9538','2024-03-11','2024-03-11','sites','1','sha256:20b0385b3baf57c6cdfaa455b8805a4d5acaf43bb21205dddbd139cb6d993e93','sha256:[(''S1'', 12.0), (''S2'', 1.0)]','0.1.0',1,'{}','2024-06-01T00:00:00+00:00');
INSERT INTO "hegui_run" VALUES(2,'sha256:4661df799236578bae48b7ee94e8a2e07d02607f920e208dfa1c4bc2a9a83e97','2024-04-11','2024-04-11','sites','1','sha256:20b0385b3baf57c6cdfaa455b8805a4d5acaf43bb21205dddbd139cb6d993e93','sha256:[(''S1'', 13.0), (''S2'', 1.0)]','0.1.0',1,'{}','2024-06-01T00:00:00+00:00');
CREATE TABLE hegui_schema_version (version INTEGER PRIMARY KEY);
INSERT INTO "hegui_schema_version" VALUES(1);
CREATE TABLE hegui_sighting (run INTEGER NOT NULL REFERENCES hegui_run (id), matter INTEGER NOT NULL, state TEXT NOT NULL,
  account INTEGER REFERENCES hegui_account (id), due DATE, beyond BOOLEAN, waiver TEXT, PRIMARY KEY (matter, run));
INSERT INTO "hegui_sighting" VALUES(1,1,'shown',1,'2024-04-23',0,NULL);
INSERT INTO "hegui_sighting" VALUES(2,1,'shown',2,'2024-05-24',0,NULL);
CREATE TABLE hegui_words (id INTEGER PRIMARY KEY, rule TEXT NOT NULL, digest TEXT NOT NULL, data TEXT NOT NULL,
  UNIQUE (rule, digest));
INSERT INTO "hegui_words" VALUES(1,'site.too-high','455d74ef26f0e07e326daf9d3542344a','{"title": ["堆高超过限值", "heap above the limit"], "kind": ["场地", "site"], "authority": ["城市管理部门", "city management"], "remedy": ["降低堆高", "lower the heap"], "nature": "breach", "severity": "major", "notice": [], "basis": [["义务：《场地管理条例（示例）》（2020）第3条：堆高不得超过限值", "duty: Site Code (sample) (2020), art. 3: heaps keep below the limit"]]}');
CREATE INDEX hegui_name_rule ON hegui_name (rule);
CREATE INDEX hegui_name_matter ON hegui_name (matter);
CREATE INDEX hegui_account_entity ON hegui_account (entity);
CREATE INDEX hegui_account_matter ON hegui_account (matter);
CREATE INDEX hegui_entry_matter ON hegui_entry (matter)
;
COMMIT;
