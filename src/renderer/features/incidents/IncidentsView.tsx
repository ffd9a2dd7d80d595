// Without an id the list of incidents, with one its war room.

import { usePlace } from '../../workbench/index.ts'
import { IncidentList } from './IncidentList.tsx'
import { WarRoom } from './WarRoom.tsx'

export default function IncidentsView() {
  const id = usePlace().path[0]
  return id === undefined ? <IncidentList /> : <WarRoom key={id} id={id} />
}
