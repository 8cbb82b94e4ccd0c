/** The texts of licences, for packages that name one and come without its text. */

const mit = (holder: string) => `The MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const isc = (holder: string) => `ISC License

Copyright (c) ${holder}

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR
CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF
CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`;

const wtfpl = (holder: string) => `DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE, Version 2, December 2004

Copyright (C) ${holder}

Everyone is permitted to copy and distribute verbatim or modified copies of this license document, and changing it is
allowed as long as the name is changed.

DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE
TERMS AND CONDITIONS FOR COPYING, DISTRIBUTION AND MODIFICATION

0. You just DO WHAT THE FUCK YOU WANT TO.`;

const classpath = (holder: string) => `Copyright (C) ${holder}

Under the GNU General Public License, version 3 or (at your option) any later version, whose text stands elsewhere in this
document, with the Classpath exception:

Linking this library statically or dynamically with other modules is making a combined work based on this library. Thus, the
terms and conditions of the GNU General Public License cover the whole combination.

As a special exception, the copyright holders of this library give you permission to link this library with independent
modules to produce an executable, regardless of the license terms of these independent modules, and to copy and distribute
the resulting executable under terms of your choice, provided that you also meet, for each linked independent module, the
terms and conditions of the license of that module. An independent module is a module which is not derived from or based on
this library. If you modify this library, you may extend this exception to your version of the library, but you are not
obligated to do so. If you do not wish to do so, delete this exception statement from your version.`;

const texts: Readonly<Record<string, (holder: string) => string>> = {
  MIT: mit,
  ISC: isc,
  WTFPL: wtfpl,
  'GPL-3.0-or-later WITH Classpath-exception-2.0': classpath,
};

/** There is no text for a licence. */
export class NoLicenceText extends Error {
  override readonly name = 'NoLicenceText';
}

/**
 * The text of a licence. Where there is a choice with the Apache License in it, that one is chosen.
 *
 * @param licence an SPDX expression
 * @param apache the text of the Apache License, version 2.0
 * @param holder whose copyright it is
 * @throws {NoLicenceText}
 */
export function textOf(licence: string, apache: string, holder: string): string {
  if (licence.split(/ OR |[()]/).includes('Apache-2.0')) return apache;
  const text = texts[licence];
  if (text === undefined) throw new NoLicenceText(`Add a text for ${licence} to scripts/app/licence-texts.ts.`);
  return text(holder);
}
