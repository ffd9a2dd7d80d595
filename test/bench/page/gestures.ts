// What a hand does, one step a frame: the same steps on the program and on an empty page.

import type { Page } from '@playwright/test'

/** steps of a gesture */
const MOVES = 150

const frame = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())))

/** Turns the wheel over `selector`, 260 px a step down, now and then 180 px up. */
export async function wheel(page: Page, selector: string): Promise<void> {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`${selector} is not on screen`)
  await page.mouse.move(box.x + Math.min(200, box.width / 2), box.y + box.height / 2)
  for (let i = 0; i < MOVES; i++) {
    await page.mouse.wheel(0, i % 50 < 40 ? 260 : -180)
    await frame(page)
  }
}

/** Moves the pointer over `selector` from left to right, the second half with the button held. */
export async function brush(page: Page, selector: string): Promise<void> {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`${selector} is not on screen`)
  const [left, y] = [box.x + 80, box.y + box.height / 2]
  for (let i = 0; i < MOVES; i++) {
    await page.mouse.move(left + (i * (box.width - 120)) / MOVES, y)
    if (i === MOVES / 2) await page.mouse.down()
    await frame(page)
  }
  await page.mouse.move(left, y)
  await page.mouse.up()
}
