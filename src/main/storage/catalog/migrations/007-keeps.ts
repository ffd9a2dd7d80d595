// Schema 7: where the secrets of a live source were put when they were last given: those of a session are gone with it.

export const keeps = `
ALTER TABLE sources ADD COLUMN keeps TEXT;
`
