import { createRouter, createWebHashHistory } from 'vue-router'
import HomeView from './HomeView.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'home', component: HomeView },
    { path: '/data', name: 'data', component: () => import('./DataView.vue') },
    { path: '/data/import', name: 'import', component: () => import('./ImportView.vue') },
    { path: '/data/generate', name: 'generate', component: () => import('./GenerateView.vue') },
    { path: '/data/:id', name: 'dataset', component: () => import('./DatasetView.vue'), props: true },
    { path: '/runs', name: 'runs', component: () => import('./RunsView.vue') },
    { path: '/runs/:id', name: 'run', component: () => import('./RunView.vue'), props: true },
    { path: '/new', name: 'new-run', component: () => import('./NewRunView.vue') },
    { path: '/select', name: 'selections', component: () => import('./SelectionsView.vue') },
    { path: '/select/:id', name: 'selection', component: () => import('./SelectionView.vue'), props: true },
    { path: '/sweeps', name: 'sweeps', component: () => import('./SweepsView.vue') },
    { path: '/sweeps/new', name: 'new-sweep', component: () => import('./NewSweepView.vue') },
    { path: '/sweeps/:id', name: 'sweep', component: () => import('./SweepView.vue'), props: true },
    { path: '/compare', name: 'compare', component: () => import('./CompareView.vue') },
    { path: '/latent', name: 'latent-choice', component: () => import('./LatentChoiceView.vue') },
    { path: '/latent/:id', name: 'latent', component: () => import('./LatentView.vue'), props: true },
    { path: '/evidence', name: 'evidence', component: () => import('./EvidenceView.vue') },
    { path: '/diagnosis', name: 'diagnosis', component: () => import('./DiagnosisView.vue') },
    { path: '/reports', name: 'reports', component: () => import('./ReportsView.vue') },
    { path: '/reports/new', name: 'new-report', component: () => import('./NewReportView.vue') },
    { path: '/reports/:id', name: 'report', component: () => import('./ReportView.vue'), props: true },
    { path: '/exchange', name: 'exchange', component: () => import('./ExchangeView.vue') },
    { path: '/settings', name: 'settings', component: () => import('./SettingsView.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})
