// Takes pictures of the pages: scripts/pictures.sh.
//   node pictures.js FOLDER        four, over what people of a small community wrote
//   node pictures.js FOLDER all    every page in every state, width, theme and language
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './support/browser.js';
import { Person } from './support/person.js';
import { fillServer, memberScenes, visitorScenes } from './support/scenes.js';
import { Server } from './support/server.js';

const [folder, all] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const essay = `<p>三年前我搬进这条巷子，第一件事是学会听。清晨五点半，豆浆铺的铁门卷起来，像有人在慢慢
翻一本很旧的书；六点一刻，邮差的自行车从东头响到西头。</p>
<h2>雨停之后</h2>
<p>昨天下了一整夜的雨。早上推开窗，青石板上还有一层薄薄的水，映着屋檐和一小块刚刚变蓝的天。隔壁的
周奶奶坐在门口择菜，见我站着发呆，就说：“别急，水自己会走的。”</p>
<blockquote><p>别急，水自己会走的。</p></blockquote>
<p>我想这句话可以用在很多地方。写不下去的稿子，等不到的回信，还有那些一时想不明白的事。后来我真的
泡了一壶茶，坐在她旁边，看水一点一点退到石缝里去。</p>
<h2>巷子里的三件小事</h2>
<ul><li>裁缝店的猫生了四只小猫，门上贴着：<b>免费领养，须会讲故事</b>。</li>
<li>面馆的老板换了新招牌，字还是他父亲写的。</li>
<li>巷口的桂花，今年开得比去年早了九天。</li></ul>
<p>如果你路过，记得走慢一点。</p>`.replaceAll('\n', '');

const people = ['Ada Moreno', '林晚', 'Tom Hale', '周小满', 'Priya N.', '何川'];
/// Author, likes, title, text; the oldest first.
const articles = [
  [2, 3, 'Notes on keeping a paper notebook', 'I have tried eleven apps. The notebook has no search, and that is why I remember what is in it.'],
  [5, 5, '四十天：从海边走到山里', '第一天走得最远，也最不像在旅行。真正的路，是从第九天开始的。'],
  [0, 6, 'What my grandmother’s recipes leave out', 'She never wrote down the salt. It took me ten years to see that this was on purpose.'],
  [4, 2, 'A small garden on the fourth floor', 'Tomatoes do not mind the height. It is the wind they talk about at night.'],
  [3, 4, '给女儿的第一封信', '你出生的那天，窗外正好有一架飞机经过。我想，以后你会问我它飞去了哪里。'],
  [2, 1, 'Repairing a radio older than I am', 'The fault was a single cold solder joint. Finding it took a winter.'],
  [0, 4, 'The last train that stops here', 'On weekdays four people get off. I know three of them by their umbrellas.'],
  [1, 6, '雨后的巷子', essay],
];

async function tell(server) {
  const authors = [];
  for (const name of people) authors.push(await server.account(name));
  const ids = [];
  for (const [author, likes, title, text] of articles) {
    const content = text.startsWith('<') ? text : `<p>${text}</p>`;
    const id = await server.publish(authors[author], title, content);
    for (const fan of authors.slice(0, likes))
      await server.call('/articles/like', { id, like: true }, fan.access);
    ids.push(id);
  }
  for (const fan of authors.slice(2, 5))
    await server.call('/articles/collect', { id: ids.at(-1), cid: 0 }, fan.access);
  for (let i = 0; i < 37; ++i) await server.call(`/articles/pub/${ids.at(-1)}`);
  return { ada: authors[0], lin: authors[1], read: ids.at(-1) };
}

async function untilRanked(p) {
  for (const end = Date.now() + 20000; Date.now() < end;) {
    await p.open('/ranking');
    if (await p.page.locator('.board ol li').count() === articles.length) return;
  }
  throw Error('the ranking is not full');
}

const draft = `去年冬天，我在旧书摊上买到一本没有封面的书。书页间夹着一张 1987 年的车票，从哈尔滨到广州。

我想知道，是谁带着它走了那么远，又在哪里把它放下。

卖书的老人说，他也不记得了。“书和人一样，”他说，“总是要换几次地方的。”`;

const four = {
  home: [{ lang: 'en' }, ({ ada }) => ada, p => p.open('/')],
  read: [{ lang: 'zh-CN' }, ({ ada }) => ada, (p, { read }) => p.open(`/read/${read}`)],
  ranking: [{ lang: 'en', theme: 'dark' }, ({ ada }) => ada, untilRanked],
  write: [{ lang: 'zh-CN', theme: 'dark' }, ({ lin }) => lin, async p => {
    await p.open('/write');
    await p.fill({ title: '一张 1987 年的车票', content: draft });
    await p.press('save_draft');
  }],
};

const server = await Server.start();
const browser = await launch();

async function picture(way, account, show, content, path, fullPage) {
  const p = await Person.create({ browser, server, address: server.address }, way);
  p.leaves = true;
  if (account) await p.be(account);
  await show(p, content);
  p.blameless();
  await p.page.evaluate(() => document.activeElement?.blur());
  await p.page.screenshot({ path, fullPage });
  await p.context.close();
}

try {
  if (all) {
    const content = await fillServer(server);
    const scenes = [...Object.entries(visitorScenes), ...Object.entries(memberScenes)];
    for (const lang of ['en', 'zh-CN'])
      for (const theme of ['light', 'dark'])
        for (const width of [360, 1280])
          for (const [name, show] of scenes) {
            const account = name in memberScenes && await server.account();
            const file = `${name.replace(/\W+/g, '-')}.${width}.${theme}.${lang}.png`;
            await picture({ lang, theme, width }, account, show, content, join(folder, file), true);
          }
  } else {
    const content = await tell(server);
    await untilRanked(await Person.create({ browser, server, address: server.address }));
    for (const [name, [way, who, show]] of Object.entries(four))
      await picture({ ...way, width: 1280 }, who(content), show, content,
        join(folder, `${name}.png`), name === 'write');
  }
} finally {
  await browser.close();
  await server.stop();
}
