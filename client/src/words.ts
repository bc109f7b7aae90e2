// Knows every sentence the client says, in French; knows nothing of when it is said.
// U+00A0 is written as an escape so that a reviewer sees it; test/words.test.ts looks for forgotten ones.

/** « l’article 4.3 », or the label between quotes when French grammar cannot be guessed. */
function the(label: string): string {
  const small = label.charAt(0).toLowerCase() + label.slice(1);
  return /^[aeiouyéèê]/.test(small) ? `l’${small}` : `«\u00A0${label}\u00A0»`;
}

function named(people: readonly string[]): string {
  if (people.length <= 1) return people.join("");
  return `${people.slice(0, -1).join(", ")} et ${people.at(-1)}`;
}

const plural = (count: number, one: string, many: string): string => `${count}\u00A0${count > 1 ? many : one}`;

export const words = {
  // The connection
  offline: "Connexion perdue. Nouvel essai en cours.",
  offlineWriting: "Connexion perdue. Vous pouvez continuer à écrire\u00A0: vos modifications seront envoyées au retour.",
  back: "Connexion rétablie.",
  over: "Votre session est terminée. Identifiez-vous de nouveau pour continuer\u00A0; ce que vous avez écrit reste ici.",
  signIn: "S’identifier (nouvel onglet)",
  forbidden: "Vous n’avez plus accès à ce contrat. Demandez à l’animateur de la négociation.",
  gone: "Ce contrat n’existe plus à cette adresse. Revenez à la liste de vos contrats.",

  // One section
  opening: "Ouverture…",
  openLate: "Le texte ne s’est pas ouvert à temps. Réessayez dans un instant.",
  openOffline: "Connexion perdue\u00A0: le texte s’ouvrira à l’écriture quand elle sera rétablie.",
  openFailed: "L’éditeur n’a pas pu être chargé. Rechargez la page.",
  readonly: "Vous pouvez lire ce texte, pas l’écrire.",
  closed: "Ce texte n’est plus ouvert à l’écriture.",
  dropped: "Le serveur a fermé ce texte. Cliquez de nouveau dedans pour l’ouvrir.",
  refused: "Le serveur a refusé votre dernière modification. Voici le texte enregistré.",
  textOf: (label: string): string => `Texte de ${the(label)}`,

  // Saving
  saving: "Enregistrement…",
  saved: "Enregistré",
  unsent: (count: number): string => `Non envoyé\u00A0: hors ligne (${plural(count, "modification", "modifications")})`,
  unsavedText: "Votre texte non enregistré",
  unsavedHelp: "Copiez ce que vous voulez garder.",
  clear: "Effacer",

  // People
  present: (name: string, party: string): string => `${name}, ${party}`,
  more: (count: number): string => `+\u00A0${count}`,
  moreUnseen: (count: number): string => (count > 1 ? " autres personnes" : " autre personne"),
  writesIn: (labels: readonly string[]): string => `écrit dans ${named(labels.map(the))}`,
  writers: (others: readonly string[], me: boolean): string => {
    const people = me ? ["Vous", ...others] : others;
    if (others.length === 0) return "";
    return `${named(people)} ${me ? "écrivez" : others.length > 1 ? "écrivent" : "écrit"} ici`;
  },
  writer: (name: string, party: string): string => `${name} (${party})`,
  someone: "Une personne",

  // The toolbar
  tools: "Mise en forme",
  strong: "Gras",
  em: "Italique",
  blockType: "Type de paragraphe",
  paragraph: "Paragraphe",
  heading: (level: number): string => `Titre ${level}`,
  bullets: "Liste à puces",
  numbers: "Liste numérotée",
  link: "Lien",
  table: "Insérer un tableau",
  rowAdd: ["+ ligne", "+ ligne\u00A0: ajouter une ligne en dessous"],
  rowRemove: ["− ligne", "− ligne\u00A0: supprimer la ligne"],
  columnAdd: ["+ colonne", "+ colonne\u00A0: ajouter une colonne à droite"],
  columnRemove: ["− colonne", "− colonne\u00A0: supprimer la colonne"],
  tableRemove: ["Supprimer le tableau", "Supprimer le tableau"],
  undo: "Annuler",
  redo: "Rétablir",

  // The link dialog
  linkTitle: "Adresse du lien",
  linkField: "Adresse (page web ou adresse électronique)",
  linkInvalid: "Cette adresse n’est pas utilisable. Écrivez par exemple https://www.exemple.fr ou nom@exemple.fr.",
  linkApply: "Appliquer",
  linkRemove: "Retirer le lien",
  cancel: "Abandonner",
} as const;

export type Words = typeof words;
