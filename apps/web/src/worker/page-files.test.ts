import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf, isApp, isPage } from './page-files.ts';

test('the files that a built page names, and none of elsewhere', () => {
  const html = `<link rel="icon" href="/mark.svg" type="image/svg+xml"><script type="module" crossorigin src="/assets/index-a1.js"></script>
    <link rel="stylesheet" crossorigin href="/assets/qr-s1.css"><link rel="icon" href="/mark.svg"><script src="https://evil.example/x.js"></script><a href="/doors">x</a>`;
  assert.deepEqual(filesOf(html), ['/mark.svg', '/assets/index-a1.js', '/assets/qr-s1.css']);
  assert.deepEqual(filesOf(''), []);
});

test('the places of the app are pages; the API and files are not', () => {
  for (const place of ['/', '/doors/0123456789abcdefABCDEF', '/key', '/keys/electronic', '/claim', '/apiary']) assert.ok(isPage(place), place);
  for (const other of ['/api/me', '/api', '/assets/index-a1.js', '/mark.svg', '/page-worker.js', '/workbench.html']) assert.ok(!isPage(other), other);
});

test('the app is known by its root and its script', () => {
  const [root, script] = ['<div id="app"></div>', '<script type="module" crossorigin src="/assets/index-a1.js"></script>'];
  assert.deepEqual([script + root, root, script, '<h1>Sign in to this network</h1>', ''].map(isApp), [true, false, false, false, false]);
});
