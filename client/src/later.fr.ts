// Knows the sentences, in French, of what comes later: dialogs, news of the plan, words found again. In English: later.en.ts.

export const laterWords = {
  linkTitle: "Adresse du lien",
  linkField: "Adresse (page web ou adresse électronique)",
  linkInvalid: "Cette adresse n’est pas utilisable. Écrivez par exemple https://www.exemple.fr ou nom@exemple.fr.",
  linkApply: "Appliquer",
  linkRemove: "Retirer le lien",
  cancel: "Abandonner",
  propose: "En faire une proposition",
  proposeHelp: "Vous pouvez en faire une proposition\u00A0: un brouillon que seule votre partie voit.",
  proposed: "Votre texte est devenu une proposition en brouillon, visible de votre partie seulement.",
  seeProposal: "Voir la proposition",
  unproposed: "La proposition n’a pas été enregistrée\u00A0: votre texte reste ici. Recommencez quand la connexion est revenue.",
  found: "Texte non envoyé retrouvé\u00A0: il est en cours d’envoi.",
  foundKept: "Texte non envoyé retrouvé\u00A0: il est maintenant enregistré.",
  foundClosed: "Texte non envoyé retrouvé. Ce texte n’est plus ouvert à l’écriture\u00A0: vos mots n’ont pas été envoyés, ils sont ci-dessous.",
  foundStuck: "Texte non envoyé retrouvé. Il n’a pas pu être envoyé\u00A0: il est ci-dessous.",
  unkept: "Ce navigateur ne peut pas garder le texte non envoyé\u00A0: il serait perdu si cet onglet se fermait par accident.",
  understood: "Compris",
  ends: (isIdle: boolean): string =>
    isIdle
      ? "Sans geste de votre part, vous serez déconnecté dans deux minutes."
      : "Votre connexion atteint sa durée maximale dans deux minutes\u00A0: reconnectez-vous pour continuer.",
  stay: "Rester connecté",
  refreshLate: "Le contrat a changé, mais cette page n’a pas pu se mettre à jour. Nouvel essai en cours.",
  planAdded: (label: string): string => `Ajout au plan\u00A0: ${label}.`,
  planRemoved: (label: string): string => `Retrait du plan\u00A0: ${label}.`,
  planChanged: "Le contrat a été mis à jour.",
  hide: "Masquer cet article",
  gone: "Ce contrat n’existe plus à cette adresse. Revenez à la liste de vos contrats.",
};

/** What every other language has to say too, in the same shape. */
export type LaterWords = typeof laterWords;
