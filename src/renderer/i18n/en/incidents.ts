// English words of the incidents feature.
export const incidents = {} as const
