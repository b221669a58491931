/** What the door answers, as text: loaded when somebody asks, since it takes the schemas of all services. */
import { describeDoor } from '../../src/cafe/openapi.ts'

export const doorText = (): string => JSON.stringify(describeDoor())
