// Schema 3: what a removed source was before, so that taking the removal back gives it back as it was, also after a restart.

export const stateBefore = `
ALTER TABLE sources ADD COLUMN state_before TEXT;
`
