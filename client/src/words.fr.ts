// Knows every sentence the client says, in French; knows nothing of when it is said. English is words.en.ts.
// U+00A0 is written as an escape so that a reviewer sees it; test/words.test.ts looks for forgotten ones.
import { grouped, listed, shortName } from "./naming.ts";

/** « l’article 4.3 », or the label between quotes when French grammar cannot be guessed. */
function the(label: string): string {
  const small = label.charAt(0).toLowerCase() + label.slice(1);
  return /^[aeiouyéèê]/.test(small) ? `l’${small}` : `«\u00A0${label}\u00A0»`;
}

const notKept = "Votre dernière modification n’a pas pu être enregistrée.";

export const words = {
  // The connection
  connecting: "Connexion en cours…",
  lost: (why: "lost" | "network" | "restart" | "fast" | "many", isWriting: boolean): string => {
    const what = {
      lost: "Connexion perdue.",
      network: "Votre appareil n’a plus de réseau.",
      restart: "Le serveur redémarre.",
      fast: "Cette page a trop envoyé en peu de temps\u00A0: elle reprend dans quelques secondes.",
      many: "Trop de pages sont ouvertes en même temps. Fermez celles dont vous n’avez plus besoin.",
    }[why];
    if (isWriting) return `${what} Vous pouvez continuer à écrire\u00A0: vos modifications seront envoyées dès le retour de la connexion.`;
    return `${what} ${why === "network" ? "Nouvel essai dès son retour." : "Nouvel essai en cours."}`;
  },
  back: "Connexion rétablie.",
  backup: "Connexion de secours\u00A0: ce réseau bloque les liaisons en direct, le texte arrive un peu plus tard.",
  over: "Vous n’êtes plus connecté à Entente. Connectez-vous de nouveau pour continuer\u00A0; ce que vous avez écrit reste ici.",
  signIn: "Se connecter (nouvel onglet)",
  forbidden: "Vous n’avez plus accès à ce contrat. Adressez-vous au référent de votre partie.",
  notUnderstood: "Cette page n’est plus comprise par le serveur. Rechargez-la.",
  other: "Une autre personne s’est connectée dans ce navigateur. Rechargez la page.",
  reload: "Recharger la page",
  tooLarge: "Un envoi dépasse la taille permise (1 Mo). Copiez votre texte, rechargez la page, puis collez-le en plusieurs fois.",

  // The contract changed
  removed: "Cet article a été retiré du plan. Son texte est conservé\u00A0; un référent peut le remettre.",

  // One section
  opening: "Ouverture…",
  openLate: "Le texte ne s’est pas ouvert à temps. Réessayez dans un instant.",
  openOffline: "Connexion perdue. Cliquez de nouveau dans le texte une fois la connexion rétablie.",
  openFailed: "L’éditeur n’a pas pu être chargé. Rechargez la page.",
  readonly: "Vous pouvez lire ce texte, mais pas le modifier.",
  closed: "Ce texte n’est plus ouvert à l’écriture.",
  dropped: "Ce texte s’est refermé. Cliquez-y de nouveau pour continuer.",
  refused: (hasRest: boolean): string =>
    `${notKept} Voici le texte enregistré${hasRest ? "\u00A0; le vôtre est ci-dessous." : "."}`,
  differs: (hasRest: boolean): string =>
    `Le texte affiché ici n’était plus celui du serveur\u00A0: il a été remplacé${hasRest ? "\u00A0; ce qui en différait est ci-dessous." : "."}`,
  textOf: (label: string): string => `Texte de ${the(label)}`,

  // Saving
  saving: "Enregistrement…",
  saved: "Enregistré",
  unsentOffline: "Non enregistré\u00A0: envoi dès le retour de la connexion",
  unsentOver: "Non enregistré\u00A0: envoi dès votre reconnexion",
  unsavedText: "Votre texte non enregistré",
  unsavedHelp: "Copiez ce que vous voulez garder.",
  clear: "Effacer",
  onlyRemoved: "Vous aviez supprimé ou mis en forme du texte, sans rien écrire de plus.",

  // People
  nobody: "Hors ligne",
  present: (name: string, party: string): string => `${name}, ${party}`,
  more: (count: number): string => `+\u00A0${grouped(count, "fr")}`,
  moreUnseen: (count: number): string => (count > 1 ? " autres personnes" : " autre personne"),
  writesIn: (labels: readonly string[]): string => `écrit dans ${listed(labels.map(the), "et")}`,
  writers: (others: readonly string[], me: boolean): string => {
    const people = me ? ["Vous", ...others] : others;
    if (others.length === 0) return "";
    return `${listed(people, "et")} ${me ? "écrivez" : others.length > 1 ? "écrivent" : "écrit"} ici`;
  },
  writer: (name: string, party: string): string => `${name} (${party})`,
  cursor: (name: string, sign: string): string => (sign ? `${shortName(name)}, ${sign}` : name),
  someone: "Une personne",
  changedBy: (name: string, label: string): string => `${name} modifie ${the(label)}`,

  // The toolbar
  tools: "Mise en forme",
  strong: "Gras",
  strongLetter: "G",
  em: "Italique",
  emLetter: "I",
  blockType: "Type de paragraphe",
  paragraph: "Paragraphe",
  heading: (level: number): string => `Titre ${level}`,
  bullets: "Liste à puces",
  numbers: "Liste numérotée",
  link: "Lien",
  table: "Insérer un tableau",
  tableMenu: "Tableau",
  document: "Insérer un document…",
  rowAdd: "Ajouter une ligne en dessous",
  rowRemove: "Supprimer la ligne",
  columnAdd: "Ajouter une colonne à droite",
  columnRemove: "Supprimer la colonne",
  tableRemove: "Supprimer le tableau",
  undo: "Annuler",
  redo: "Rétablir",

  // Tables
  rowAbove: "Ajouter une ligne au-dessus",
  columnBefore: "Ajouter une colonne à gauche",
  headerRow: "Ligne d’en-tête, ou non",
  cellsMerge: "Fusionner les cellules",
  cellSplit: "Scinder la cellule",
  done: (act: string): string => `C’est fait\u00A0: ${act.charAt(0).toLowerCase()}${act.slice(1)}.`,

  // Keys
  keyShift: "Maj",
  keyBackspace: "Retour arrière",
  keyDelete: "Suppr",

  // Typing
  typingHelp: "Typographie française pendant la saisie",

  // Pasting: what could not be kept
  pasteImages: "Les images n’ont pas été collées.",
  pasteComments: "Les commentaires n’ont pas été collés.",
  pasteDeletions: "Le texte supprimé en suivi des modifications n’a pas été collé.",
  pasteStruck: "Le texte barré a été collé sans sa barre.",
  pasteNotes: "Les notes de bas de page ont été collées à la fin, entre crochets dans le texte.",
  pasteNumbering: "Des listes comme a) ou 1.1 sont numérotées 1, 2, 3\u00A0: vérifiez les renvois.",
  pasteTables: "Le tableau qui était dans une cellule est devenu du texte.",
  pasteNoDrop: "Un tableau ne peut pas être déposé dans un tableau.",
  pasteTooMuch: "Ce texte est trop long pour être collé en une fois\u00A0: rien n’a été collé. Collez-le en plusieurs parties.",
};

/** What every other language has to say too, in the same shape. */
export type Words = typeof words;
